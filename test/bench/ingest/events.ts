/** What every contestant is given: one week of an invented market's trade, as events, as requests and as rows. */

import { checkoutEventRow, isReport } from '@tillsight/shared/store/event-log.ts'
import { isEvent, validate } from '@tillsight/ingest/validate.ts'
import { market, type Market } from '@tillsight/market/market.ts'
import { marketEvents } from '@tillsight/market/stream.ts'
import { mark, Stamped } from './stamped.ts'

/** An event with its mark, and the provider whose key may post it. */
interface BenchEvent {
  providerId: string
  event: object
}

export interface Trade {
  market: Market
  events: readonly BenchEvent[]
}

/**
 * The first `count` events of payments and checkouts from the 8th of last month on, in order of time. So they are at most 53
 * days old and lie within one month, as live trade does. Reports of terminals (1 event in 200 on the first day, hardly any
 * later) are left out: they go to a table of their own.
 */
export function tradeOf(merchants: number, count: number): Trade {
  const now = new Date()
  const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 8)).toISOString().slice(0, 10)
  const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 27)).toISOString().slice(0, 10)
  const shops = market({ seed: 'bench', merchants, providers: 4, turningDay: from })
  const providers = new Map(shops.merchants.map(({ merchantNo, record }) => [merchantNo, record.providerId]))
  const events: BenchEvent[] = []
  for (const { id, ...event } of marketEvents(shops, { from, to })) {
    if (event.type === 'tillsight.terminal.reported') continue
    const [, , merchantNo = ''] = event.source.split(':')
    events.push({
      providerId: providers.get(merchantNo) ?? '',
      event: {
        ...event,
        id: id.slice(0, -mark.length) + mark,
        data: {
          ...event.data,
          checkoutId: mark + event.data.checkoutId.slice(mark.length),
          ...customerOf(event.data),
        },
      },
    })
    if (events.length === count) return { market: shops, events }
  }
  throw new Error(`the market has only ${events.length} events, not ${count}`)
}

/** Of this copy alone: a customer who comes back with every copy would pay a hundred times in a second. */
function customerOf(data: object): object {
  if (!('customer' in data)) return {}
  const { token, ...known } = data.customer as { token?: string }
  return { customer: { ...known, ...(token === undefined ? {} : { token: mark + token.slice(mark.length) }) } }
}

/** The events as request bodies of `size` events of one provider each, providers in turn. What fills no body is left out. */
function bodiesOf({ events }: Trade, size: number): { providerId: string; body: string }[] {
  const open = new Map<string, string[]>()
  const bodies: { providerId: string; body: string }[] = []
  for (const { providerId, event } of events) {
    const texts = open.get(providerId) ?? []
    open.set(providerId, texts)
    texts.push(JSON.stringify(event))
    if (texts.length < size) continue
    bodies.push({ providerId, body: size === 1 ? texts.join() : `[${texts.join()}]` })
    texts.length = 0
  }
  return bodies
}

/** Whole requests, ready for the wire. `keys` are the providers'. */
export function requestsOf(trade: Trade, size: number, url: string, keys: ReadonlyMap<string, string>): Stamped[] {
  const type = size === 1 ? 'application/cloudevents+json' : 'application/cloudevents-batch+json'
  return bodiesOf(trade, size).map(({ providerId, body }) => {
    const head =
      `POST /v1/events HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${keys.get(providerId) ?? ''}\r\n` +
      `content-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
    return new Stamped(Buffer.from(head + body))
  })
}

/** The rows that the events become in the ingest, as lines of JSON in blocks of `size`. */
export function rowBlocksOf({ events }: Trade, size: number): string[] {
  const now = Date.now()
  const lines = events.map(({ event }) => {
    const read = validate({ value: event }, now)
    if (!isEvent(read) || isReport(read)) throw new Error(`refused: ${JSON.stringify(read)}`)
    const row = checkoutEventRow(read, now)
    // However the ingest itself writes the day, JSON has it as text.
    return JSON.stringify({ ...row, day: new Date(row.time).toISOString().slice(0, 10) })
  })
  return Array.from({ length: Math.floor(lines.length / size) }, (_, i) =>
    lines.slice(i * size, (i + 1) * size).join('\n'),
  )
}
