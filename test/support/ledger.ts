/** Batches that were posted, and which of them were answered: what must be there whole and once, whatever went wrong. */

import { Random } from '@tillsight/market/random.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { WireEvent } from '../judge/wire-event.ts'
import { adminKey, register, type House } from './house.ts'

const hourMs = 3_600_000
const days = 60
const terminalNo = '10000001'

/** One request. Every batch of a ledger has a local hour to itself, and a series by hour tells what is there of it. */
export interface Batch {
  hour: number
  body: string
  /** What the hour holds where the batch was counted once. */
  whole: { checkouts: number; amount: number }
}

export const batchHeaders = {
  authorization: `Bearer ${adminKey}`,
  'content-type': 'application/cloudevents-batch+json',
}

/** A ledger for a merchant that is registered now. The same seed invents the same batches. */
export async function openLedger(house: Pick<House, 'json'>, merchantNo: string, seed: string): Promise<Ledger> {
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  return new Ledger(merchantNo, seed)
}

export class Ledger {
  readonly merchantNo: string
  readonly acked = new Set<Batch>()
  /** Sent, and never answered: there or not. */
  readonly unsure = new Set<Batch>()
  readonly #seed: string
  readonly #random: Random
  readonly #from: string
  readonly #start: number
  readonly #hours: number[]

  constructor(merchantNo: string, seed: string) {
    this.merchantNo = merchantNo
    this.#seed = seed
    this.#random = new Random(seed, merchantNo)
    this.#from = new Date(Date.now() - (days + 2) * 24 * hourMs).toISOString().slice(0, 10)
    this.#start = Date.parse(`${this.#from}T00:00:00+08:00`)
    // In no order, so that an insert writes to several months' parts.
    this.#hours = this.#shuffled([...Array(days * 24).keys()])
  }

  /** Invents the next batch, of 1 to `largest` events: one refused checkout an event, each of an amount of its own. */
  next(largest = 200): Batch {
    return this.batchOf(1 + this.#random.below(largest))
  }

  /** Invents a batch of that many events. */
  batchOf(size: number): Batch {
    const hour = this.#hours.pop()
    if (hour === undefined) throw new Error('no hour is left for another batch')
    const events = Array.from({ length: size }, (_, i): WireEvent => {
      const at = this.#start + hour * hourMs + this.#random.below(hourMs)
      return {
        specversion: '1.0',
        id: this.#random.uuid(at),
        source: `urn:terminal:${this.merchantNo}:${terminalNo}`,
        type: 'tillsight.payment.declined',
        time: new Date(at).toISOString(),
        data: {
          checkoutId: `${hour}-${i}`,
          attempt: 1,
          amount: 1 + this.#random.below(100_000),
          method: 'HUABEI',
          code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
        },
      }
    })
    const amount = events.reduce((sum, { data }) => sum + (data.amount ?? 0), 0)
    const batch = { hour, body: JSON.stringify(events), whole: { checkouts: events.length, amount } }
    this.unsure.add(batch)
    return batch
  }

  /** Everything unanswered, and some of what was answered, in no order. */
  again(): Batch[] {
    const some = [...this.acked].filter(() => this.#random.chance(0.3))
    return this.#shuffled([...this.unsure, ...some])
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => [this.#random.next(), item] as const)
    return keyed.sort(([a], [b]) => a - b).map(([, item]) => item)
  }

  ack(batch: Batch): void {
    this.unsure.delete(batch)
    this.acked.add(batch)
  }

  /** Of the figures that tell of every batch. */
  get path(): string {
    const to = new Date(this.#start + (days - 1) * 24 * hourMs + 8 * hourMs).toISOString().slice(0, 10)
    return `/api/v1/merchants/${this.merchantNo}/lost-sales?from=${this.#from}&to=${to}&interval=hour`
  }

  /** Every batch that was answered is there whole and once; of the others no more than once, and nothing besides. */
  async verify(house: Pick<House, 'json'>): Promise<void> {
    const seed = this.#seed
    const { series, totals } = await house.json<LostSales>('GET', this.path)
    expect(series).toHaveLength(days * 24)
    let sum = 0
    for (const { hour, whole } of this.acked) {
      expect(series[hour]?.unsupported, `seed ${seed}, hour ${hour} was answered with 200`).toEqual(whole)
      sum += whole.checkouts
    }
    for (const { hour, whole } of this.unsure) {
      const there = series[hour]?.unsupported ?? { checkouts: NaN, amount: NaN }
      expect(there.checkouts, `seed ${seed}, hour ${hour} was not answered`).toBeLessThanOrEqual(whole.checkouts)
      expect(there.amount).toBeLessThanOrEqual(whole.amount)
      sum += there.checkouts
    }
    expect(totals.attempted.checkouts, `seed ${seed}`).toBe(sum)
  }
}

export interface Answer {
  status: number
  text: string
  retryAfter: string | null
}

interface Sending {
  /** Default: the operator's. */
  key?: string
  withinMs?: number
}

/**
 * Posts over a connection of its own, so that no answer (undefined) means that the server gave none: it refused the connection
 * or cut it. Does not wait for ever: a request that hangs fails the test.
 */
export function send(
  url: string,
  { body }: Batch,
  { key = adminKey, withinMs = 30_000 }: Sending = {},
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { ...batchHeaders, authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) }
    const post = request(`${url}/v1/events`, { method: 'POST', headers, agent: false })
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${withinMs} ms`))
      post.destroy()
    }, withinMs)
    const settled = (answer?: Answer) => {
      clearTimeout(timer)
      resolve(answer)
    }
    post.once('error', () => settled())
    post.once('response', (response) => {
      const { statusCode: status = 0, headers } = response
      text(response).then(
        (whole) => settled({ status, text: whole, retryAfter: headers['retry-after'] ?? null }),
        () => settled(),
      )
    })
    post.end(body)
  })
}

/** A batch as a whole was accepted: answered so, and noted so. */
export function expectAccepted(ledger: Ledger, batch: Batch, answer: Answer | undefined): void {
  const accepted = JSON.stringify({ accepted: batch.whole.checkouts, rejected: [] })
  expect(answer).toEqual({ status: 200, text: accepted, retryAfter: null })
  ledger.ack(batch)
}

/** An answer that promises nothing, and says when to come back. */
export function expectRefused(answer: Answer | undefined): void {
  expect(answer?.status, answer?.text).toBe(503)
  expect(Number(answer?.retryAfter)).toBeGreaterThan(0)
}

interface Pouring {
  connections?: number
  /** What to send next; undefined: nothing more. */
  next: () => Batch | undefined
  /** Called after each 200. */
  acked?: () => void
  /** Whether a 503 is in order now; by default never. A worker that meets one, or gets no answer, sends nothing more. */
  mayRefuse?: () => boolean
}

/** Posts over many connections at once until there is nothing more or the server is gone. */
export async function pour(
  ledger: Ledger,
  url: string,
  { connections = 8, next, acked = () => {}, mayRefuse = () => false }: Pouring,
): Promise<void> {
  const worker = async () => {
    for (let batch = next(); batch !== undefined; batch = next()) {
      const answer = await send(url, batch)
      if (answer === undefined) return
      if (answer.status === 503 && mayRefuse()) {
        expectRefused(answer)
        return
      }
      expectAccepted(ledger, batch, answer)
      acked()
    }
  }
  // To the end of all, also where one fails: nothing is sent any more when this is over.
  const ends = await Promise.allSettled(Array.from({ length: connections }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Sends again until all is answered, and verifies: what may be there or not is now there once. */
export async function settle(ledger: Ledger, house: Pick<House, 'json'> & { url: string }): Promise<void> {
  const rest = ledger.again()
  await pour(ledger, house.url, { next: () => rest.shift() })
  expect([...ledger.unsure].map(({ hour }) => hour)).toEqual([])
  await ledger.verify(house)
}
