// Completeness as the store tells it is what the judge reads from its words, whatever came in.

import { completeness } from '@tillsight/shared/metrics/completeness.ts'
import { terminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { connectEmbedded, type EventStore } from '@tillsight/shared/store/connect.ts'
import type { CheckoutEventRow, TerminalReportRow } from '@tillsight/shared/store/tables.ts'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { habitualArrivals, livedArrivals, now } from './completeness-arrivals.ts'
import { judgeCompleteness, judgeHealth, type Arrival } from './completeness.ts'
import { addDays, localDay } from './local-time.ts'

const dayMs = 86_400_000
const terminals = ['10000001', '10000002', '10000003'] as const

let dir: string
let store: EventStore
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-completeness-'))
  store = await connectEmbedded(join(dir, 'clickhouse'))
})
afterAll(async () => {
  await store.close()
  await rm(dir, { recursive: true, force: true })
})

let merchants = 0
const newMerchant = (timeZone: string) =>
  ({ merchantNo: String(898584058200000 + ++merchants), providerId: 'p1', timeZone }) as unknown as MerchantScope

/** Some are payments, some are reports; copies of one event are of one kind. */
async function insert({ merchantNo }: MerchantScope, arrivals: readonly Arrival[]): Promise<void> {
  const sales: CheckoutEventRow[] = []
  const reports: TerminalReportRow[] = []
  for (const { terminalNo, id, time, sequence, receivedAt } of arrivals) {
    const common = {
      merchantNo,
      terminalNo,
      time,
      id,
      body: String(sequence),
      sequence: String(sequence ?? -1),
      receivedAt,
    }
    if (id.endsWith('7')) {
      reports.push({ ...common, huabei: '', hasCause: false, cause: '', firmware: '', model: '' })
    } else {
      const day = Math.floor(time / dayMs)
      sales.push({ ...common, ...sale, day, checkoutId: id })
    }
  }
  if (sales.length > 0) await store.insert('checkout_events', sales)
  if (reports.length > 0) await store.insert('terminal_reports', reports)
}

const sale = {
  kind: 'abandoned',
  attempt: 0,
  amount: 0,
  method: '',
  asksHuabei: false,
  paidByHuabei: false,
  codeSystem: '',
  codeValue: '',
  channelDisabled: false,
  token: '',
  ageBand: '',
  returning: '',
} as const

const arrivals = fc
  .tuple(livedArrivals(terminals[0]), livedArrivals(terminals[1]), habitualArrivals(terminals[2]))
  .map((of) => of.flat())
/** In any order, and in two commits, so that repeats lie in the log as rows of their own. */
const shuffled = arrivals.chain((all) =>
  fc.tuple(fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }), fc.nat({ max: all.length })),
)

test('the list says of every terminal what the judge says, in any order and with any repeats', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, async ([all, cut]) => {
      const merchant = newMerchant('Asia/Shanghai')
      await insert(merchant, all.slice(0, cut))
      await insert(merchant, all.slice(cut))
      const health = await terminalHealth(store, merchant, now)
      for (const terminalNo of terminals) {
        expect(health.of(terminalNo)).toEqual({ huabei: 'unknown', ...judgeHealth(all, terminalNo, now) })
      }
    }),
    { numRuns: 40 },
  )
})

const range = fc.record({
  timeZone: fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Asia/Kolkata'),
  first: fc.integer({ min: 0, max: 70 }),
  days: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 60 })),
})

test('the days, gaps and restarts of a terminal are the judge’s, in any time zone and range', async () => {
  await fc.assert(
    fc.asyncProperty(shuffled, range, async ([all, cut], { timeZone, first, days }) => {
      const merchant = newMerchant(timeZone)
      await insert(merchant, all.slice(0, cut))
      await insert(merchant, all.slice(cut))
      const from = addDays(localDay(now, timeZone), -first)
      const to = addDays(from, days - 1)
      for (const terminalNo of terminals) {
        const told = await completeness(store, merchant, terminalNo, { range: { from, to }, now })
        const judged = judgeCompleteness({ arrivals: all, terminalNo, timeZone, from, to })
        expect(told.days).toEqual(judged.days)
        expect(told.gaps.toSorted(byText)).toEqual(judged.gaps.toSorted(byText))
        const restarts = judged.restarts.map(({ at, number, previous }) => ({
          at: new Date(at).toISOString(),
          number: String(number),
          previous: String(previous),
        }))
        expect(told.restarts).toEqual(restarts.toReversed())
        expect(told.counts).toEqual({
          gaps: judged.gaps.length,
          restarts: restarts.length,
          repeated: judged.repeated,
        })
      }
    }),
    { numRuns: 20 },
  )
})

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
