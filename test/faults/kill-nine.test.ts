/** What was answered with 200 is there after the process was killed, and what was sent again is there once. */

import { Random } from '@tillsight/market/random.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { rm } from 'node:fs/promises'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WireEvent } from '../judge/wire-event.ts'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, register } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 5)
const seed = process.env['KILL_SEED'] ?? String(Date.now())
const connections = 8
const hourMs = 3_600_000
const days = 60

/** One request. Every batch of a ledger has a local hour to itself, and a series by hour tells what is there of it. */
interface Batch {
  hour: number
  body: string
  /** What the hour holds where the batch was counted once. */
  whole: { checkouts: number; amount: number }
}

/** One merchant's batches, and which of them were answered with 200. */
class Ledger {
  readonly merchantNo: string
  readonly acked = new Set<Batch>()
  /** Sent, and never answered: there or not. */
  readonly unsure = new Set<Batch>()
  readonly #random: Random
  readonly #from: string
  readonly #start: number
  readonly #hours: number[]

  constructor(merchantNo: string) {
    this.merchantNo = merchantNo
    this.#random = new Random(seed, merchantNo)
    this.#from = new Date(Date.now() - (days + 2) * 24 * hourMs).toISOString().slice(0, 10)
    this.#start = Date.parse(`${this.#from}T00:00:00+08:00`)
    // In no order, so that an insert writes to several months' parts.
    this.#hours = this.#shuffled([...Array(days * 24).keys()])
  }

  /** Invents the next batch: one refused checkout an event, each of an amount of its own. */
  next(largest = 200): Batch {
    const hour = this.#hours.pop()
    if (hour === undefined) throw new Error('no hour is left for another batch')
    const events = Array.from({ length: 1 + this.#random.below(largest) }, (_, i): WireEvent => {
      const at = this.#start + hour * hourMs + this.#random.below(hourMs)
      return {
        specversion: '1.0',
        id: this.#random.uuid(at),
        source: `urn:terminal:${this.merchantNo}:10000001`,
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

  /** Every batch that was answered is there whole and once; of the others no more than once, and nothing besides. */
  async verify(server: ServerProcess): Promise<void> {
    const to = new Date(this.#start + (days - 1) * 24 * hourMs + 8 * hourMs).toISOString().slice(0, 10)
    const path = `/api/v1/merchants/${this.merchantNo}/lost-sales?from=${this.#from}&to=${to}&interval=hour`
    const { series, totals } = await server.json<LostSales>('GET', path)
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

const postHeaders = {
  authorization: `Bearer ${adminKey}`,
  'content-type': 'application/cloudevents-batch+json',
}

let dir: string
let server: ServerProcess
const start = async () => {
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  dir = await newDataDir('tillsight-kill-')
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

async function openLedger(merchantNo: string): Promise<Ledger> {
  await register(server, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
  return new Ledger(merchantNo)
}

/** Posts over many connections until there is nothing more or the server is gone. `stopping` says when it may refuse. */
async function pour(ledger: Ledger, next: () => Batch | undefined, acked = () => {}, stopping = () => false) {
  const { url } = server
  const worker = async () => {
    for (let batch = next(); batch !== undefined; batch = next()) {
      const { body, whole } = batch
      const answer = await fetch(`${url}/v1/events`, { method: 'POST', headers: postHeaders, body })
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch(() => undefined)
      if (answer === undefined || (answer.status === 503 && stopping())) return
      expect(answer).toEqual({ status: 200, text: JSON.stringify({ accepted: whole.checkouts, rejected: [] }) })
      ledger.ack(batch)
      acked()
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
}

/** Begins to pour; `reached` resolves at that many answers. */
function pourUntil(ledger: Ledger, again: Batch[], moment: number, stopping?: () => boolean) {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let answers = 0
  const next = () => again.shift() ?? ledger.next()
  const poured = pour(ledger, next, () => (answers += 1) === moment && resolve(undefined), stopping)
  return { poured, reached: Promise.race([promise, poured]) }
}

test(
  'an acked event survives kill -9, and nothing is counted twice',
  async () => {
    const random = new Random(seed, 'moments')
    const ledgers: Ledger[] = []
    for (let round = 0; round < rounds; round += 1) {
      // A hundred rounds need more hours than one merchant has.
      if (round % 5 === 0) ledgers.push(await openLedger(`898${String(round).padStart(12, '0')}`))
      const ledger = ledgers.at(-1) as Ledger
      const again = ledger.again()
      const { poured, reached } = pourUntil(ledger, again, again.length + 5 + random.below(60))
      await reached
      await pause(random.below(40))
      expect(await server.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
      await poured
      expect(ledger.unsure.size, 'batches were in flight').toBeGreaterThan(0)

      await start()
      await ledger.verify(server)
      await random.pick(ledgers).verify(server)
    }
    for (const ledger of ledgers) {
      const rest = ledger.again()
      await pour(ledger, () => rest.shift())
      expect(ledger.unsure.size).toBe(0)
      await ledger.verify(server)
    }
  },
  60_000 + rounds * 20_000,
)

test('SIGTERM under load answers what is in hand and exits 0 within 10 s', async () => {
  const ledger = await openLedger('898999999999999')
  let stopping = 0
  const { poured, reached } = pourUntil(ledger, [], 40, () => stopping > 0)
  await reached

  // Taken in hand, all of them, before the signal; their bodies follow after it.
  const batches = Array.from({ length: 6 }, () => ledger.next(2_000))
  const inHand = await Promise.all(batches.map((batch) => announced(server.url, batch)))
  stopping = Date.now()
  const ended = server.kill('SIGTERM')
  expect(await Promise.all(inHand.map((send) => send()))).toEqual(batches.map(() => 200))
  for (const batch of batches) ledger.ack(batch)
  expect(await ended, server.output()).toEqual({ code: 0, signal: null })
  expect(Date.now() - stopping).toBeLessThan(10_000)
  await poured

  await start()
  await ledger.verify(server)
})

/** Announces a batch and waits until the server has the request in hand; the function sends the body and gives the status. */
async function announced(url: string, { body }: Batch): Promise<() => Promise<number>> {
  const post = request(`${url}/v1/events`, {
    method: 'POST',
    headers: { ...postHeaders, expect: '100-continue', 'content-length': Buffer.byteLength(body) },
    agent: false,
  })
  const answer = new Promise<number>((resolve, reject) => {
    post.once('response', (response) => {
      void text(response).then(() => resolve(response.statusCode ?? 0), reject)
    })
    post.once('error', reject)
  })
  await new Promise<void>((resolve, reject) => {
    post.once('continue', resolve)
    post.once('error', reject)
    post.flushHeaders()
  })
  return () => {
    post.end(body)
    return answer
  }
}
