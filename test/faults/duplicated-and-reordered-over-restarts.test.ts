/** One stream of events, delivered in any order and many times over, to servers that die and come back: the figures are the judge's. */

import { Random } from '@tillsight/market/random.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import fc from 'fast-check'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import { streams, type Stream } from '../judge/streams.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { startGateway } from '../support/clickhouse-gateway.ts'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, register } from '../support/house.ts'
import { batchHeaders } from '../support/ledger.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

/** `npm run soak` raises it: each round has lives of its own. */
const rounds = Math.ceil(Number(process.env['KILL_ROUNDS'] ?? 5) / 5)
const lives = 3
const shops = 4
const connections = 6
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31)
const random = new Random(String(seed), 'deliveries')

let dir: string
let server: ServerProcess
const start = async () => {
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  dir = await newDataDir('tillsight-reordered-')
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

/** A stream and what of it was answered with 200. */
interface Delivery {
  stream: Stream
  acked: WireEvent[]
}

/** Streams of a round, at merchants that no other round has; read long after, with the table's own codes. */
function deliveriesOf(round: number): Delivery[] {
  return Array.from({ length: shops }, (_, shop) => {
    const merchantNo = `898${String(round * shops + shop).padStart(12, '0')}`
    const arbitrary = streams({ merchantNo, many: shop % 2 === 0, now: Date.now() })
    const [stream] = fc.sample(arbitrary, { numRuns: 1, seed: seed + round * shops + shop }) as [Stream]
    return { stream: { ...stream, ownCodes: [] }, acked: [] }
  })
}

function shuffled<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => [random.next(), item] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item)
}

/** Everything at least once, some of it up to four times, in no order, of all shops mixed. */
function unruly(deliveries: readonly Delivery[]): WireEvent[] {
  const all = deliveries.flatMap(({ stream }) => stream.deliveries)
  return shuffled(all.flatMap((event) => Array.from({ length: 1 + random.below(4) }, () => event)))
}

/** Posts in batches of any size over a few connections; gives those that were answered, and leaves the others in `todo`. */
async function postAll(todo: WireEvent[], acked: (events: WireEvent[]) => void): Promise<void> {
  const unanswered: WireEvent[] = []
  const worker = async () => {
    while (todo.length > 0) {
      const events = todo.splice(0, 1 + random.below(random.pick([1, 10, 100])))
      const body = JSON.stringify(events)
      const answer = await fetch(`${server.url}/v1/events`, { method: 'POST', headers: batchHeaders, body })
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch(() => undefined)
      if (answer?.status !== 200) {
        if (answer !== undefined) expect(answer.status, answer.text).toBe(503)
        unanswered.push(...events)
        return
      }
      expect(answer.text).toBe(JSON.stringify({ accepted: events.length, rejected: [] }))
      acked(events)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  todo.push(...unanswered)
}

/** Two ways to write one formula differ in the last bit. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'number' ? Number(inner.toPrecision(13)) : inner,
    ),
  )

async function expectJudged({ stream, acked }: Delivery): Promise<void> {
  const { merchantNo, from, to, interval } = stream
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${from}&to=${to}&interval=${interval}`
  const { asOf, basis: _basis, ...figures } = await server.json<LostSales>('GET', path)
  const reasons = figures.reasons.sort((a, b) => (a.reason < b.reason ? -1 : 1))
  const judged = judgeLostSales({ ...stream, events: acked, now: Date.parse(asOf) })
  expect(rounded({ ...figures, reasons }), `KILL_SEED=${seed}`).toEqual(rounded(judged))
}

/** What the engine would do by itself some time: all copies collapse. No server may have the directory meanwhile. */
async function mergeEverything(): Promise<void> {
  const gateway = await startGateway(join(dir, 'clickhouse'))
  for (const table of ['checkout_events', 'terminal_reports']) {
    const response = await fetch(gateway.url, { method: 'POST', body: `OPTIMIZE TABLE ${table} FINAL` })
    expect(response.status, await response.text()).toBe(200)
  }
  await gateway.kill('SIGTERM')
}

test(
  'figures equal the brute-force reading of what was acked, after every life of the server',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const deliveries = deliveriesOf(round)
      for (const { stream } of deliveries) await register(server, { providerId: 'p1', ...stream })
      const ownerOf = new Map(deliveries.map((delivery) => [delivery.stream.merchantNo, delivery]))
      const ack = (events: WireEvent[]) => {
        for (const event of events) ownerOf.get(event.source.split(':')[2] ?? '')?.acked.push(event)
      }
      const all = unruly(deliveries)
      for (let life = 0; life < lives; life += 1) {
        // Some of what earlier lives were sent comes again.
        const share = all.splice(0, Math.ceil(all.length / (lives - life)))
        const before = deliveries.flatMap(({ acked }) => acked)
        const todo = shuffled([...share, ...before.filter(() => random.chance(0.2))])
        const signal = random.pick(['SIGKILL', 'SIGTERM'] as const)
        const reached = Promise.withResolvers<undefined>()
        const moment = todo.length * random.next()
        const poured = postAll(todo, (events) => {
          ack(events)
          if (todo.length <= moment) reached.resolve(undefined)
        })
        await Promise.race([reached.promise, poured])
        await pause(random.below(20))
        await server.kill(signal)
        await poured
        // As an engine that has had time would have it.
        if (life === 1) await mergeEverything()

        await start()
        // Nobody knows whether what was cut off is there; what is sent again is.
        while (todo.length > 0) await postAll(todo, ack)
        for (const delivery of deliveries) await expectJudged(delivery)
      }
      for (const { stream, acked } of deliveries) expect(acked.length).toBeGreaterThanOrEqual(stream.events.length)
    }
  },
  60_000 + rounds * 60_000,
)
