/**
 * Live trade beside the figures: `node load-process.ts '<LiveTrade as JSON>'` posts so many events a second in batches until it
 * is ended by SIGTERM, and then says how many were taken (`Posted`, as its last line).
 */

import { randomInt, randomUUID, hash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { mark, Stamped } from '../ingest/stamped.ts'
import { shops } from './books.ts'

export interface LiveTrade {
  url: string
  key: string
  eventsPerSecond: number
  seed: string
}

export interface Posted {
  events: number
  seconds: number
}

const { url, key, eventsPerSecond, seed } = JSON.parse(process.argv[2] ?? '{}') as LiveTrade
const perBatch = Math.min(1_000, Math.max(1, Math.round(eventsPerSecond / 4)))
const bodies = 20
/** Further ones wait for an answer: the server is behind. */
const mostInFlight = 16

const batches = Array.from({ length: bodies }, (_, n) => new Stamped(Buffer.from(`[${texts(n).join()}]`)))
const everyMs = (1000 * perBatch) / eventsPerSecond

let stopping = false
process.once('SIGTERM', () => (stopping = true))
let [accepted, inFlight] = [0, 0]
console.log('posting')
const start = performance.now()
for (let sent = 0; !stopping; sent += 1) {
  await pause(Math.max(0, start + sent * everyMs - performance.now()))
  while (inFlight >= mostInFlight) await pause(1)
  void post(batches[sent % bodies] as Stamped)
}
const seconds = (performance.now() - start) / 1000
while (inFlight > 0) await pause(10)
console.log(JSON.stringify({ events: accepted, seconds } satisfies Posted))

async function post(batch: Stamped): Promise<void> {
  inFlight += 1
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
      // The batch's own buffer is overwritten when its turn comes again.
      body: new Uint8Array(batch.next('l')),
    })
    const answer = (await response.json()) as { accepted?: number }
    if (answer.accepted !== perBatch) throw new Error(`events were refused: ${JSON.stringify(answer).slice(0, 1000)}`)
    accepted += answer.accepted
  } finally {
    inFlight -= 1
  }
}

/** Of this sending of a batch alone: its customers would else pay again each second. */
function tokenOf(customer: number): string {
  return mark + hash('sha256', `${seed} ${customer}`).slice(mark.length)
}

/** Sales and refusals of this moment, spread over the merchants as all others are. */
function texts(body: number): string[] {
  return Array.from({ length: perBatch }, (_, i) => {
    const shop = shops[Math.floor((shops.length + 1) ** Math.random()) - 1] ?? shops[0]
    if (shop === undefined) throw new Error('there are shops')
    const { merchantNo, terminals } = shop
    const amount = 50 * randomInt(10, 1000)
    const checkout = {
      checkoutId: `live-${mark}-${body * perBatch + i}`,
      attempt: 1,
      amount,
      currency: 'CNY',
      ...(i % 10 < 6 ? { customer: { token: tokenOf(randomInt(1_000_000)), returning: i % 2 === 0 } } : {}),
    }
    return JSON.stringify({
      specversion: '1.0',
      id: randomUUID().slice(0, -mark.length) + mark,
      source: `urn:terminal:${merchantNo}:${terminals[i % terminals.length] ?? ''}`,
      time: new Date().toISOString(),
      sequence: String(1_000_000 + i),
      ...(i % 4 === 0
        ? {
            type: 'tillsight.payment.declined',
            data: { ...checkout, method: 'HUABEI', code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' } },
          }
        : { type: 'tillsight.payment.succeeded', data: { ...checkout, method: 'WECHAT' } }),
    })
  })
}
