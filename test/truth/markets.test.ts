/**
 * Through the whole pipeline: seeded markets, posted with repeats, out of order, days late, over a server that is killed; every
 * observed figure is the brute-force reading of what the tills made.
 */

import { dayAfter, dayOf } from '@tillsight/market/calendar.ts'
import type { MarketEvent } from '@tillsight/market/events.ts'
import { market, registryLines, type Market } from '@tillsight/market/market.ts'
import { Random } from '@tillsight/market/random.ts'
import { marketEvents } from '@tillsight/market/stream.ts'
import { adoptionGroups } from '@tillsight/shared/metrics/adoption.ts'
import { breakdownNames } from '@tillsight/shared/metrics/breakdown.ts'
import { dimensionNames } from '@tillsight/shared/metrics/segments.ts'
import { rm } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { judgeAdoption } from '../judge/adoption.ts'
import { judgeBreakdown } from '../judge/breakdown.ts'
import { judgeCompetitiveness, type Competitiveness } from '../judge/competitiveness.ts'
import { judgeLostSales } from '../judge/lost-sales.ts'
import { judgeSegments } from '../judge/segments.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, post } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'
import { approximately } from './approximately.ts'
import { withinAMinute } from './world.ts'

/** `npm run soak` takes all of them. */
const seeds = Array.from({ length: Math.min(20, Number(process.env['TRUTH_ROUNDS'] ?? 1)) }, (_, i) => i)

const shops = 5
const to = dayOf(Date.now() - 8 * 86_400_000)
const from = dayAfter(to, -3)

interface Named {
  [list: string]: Record<string, unknown>[]
}

/** In the order of a name: no answer promises one that the judge knows. */
const sorted = (rows: Record<string, unknown>[] | undefined, ...names: string[]) =>
  (rows ?? []).toSorted((a, b) =>
    names.map((name) => String(a[name])).join() < names.map((name) => String(b[name])).join() ? -1 : 1,
  )

const observedOf = ({ peers, acceptance, retention, returnRatio }: Competitiveness) => ({
  peers,
  acceptance,
  retention,
  returnRatio,
})

/** Every event at least once, most of the last day first, some again and again. */
function unruly(events: readonly MarketEvent[], random: Random): MarketEvent[] {
  return events
    .flatMap((event) => Array.from({ length: 1 + random.below(3) }, () => [random.next(), event] as const))
    .sort(([a], [b]) => a - b)
    .map(([, event]) => event)
}

async function register(server: ServerProcess, of: Market): Promise<void> {
  for (const { providerId, record } of of.providers) {
    await server.json('PUT', `/api/v1/providers/${providerId}`, { body: record, expected: 201 })
  }
  const { refused } = await server.json<{ refused: unknown[] }>('POST', '/api/v1/registry/import', {
    body: [...registryLines(of)].map((line) => JSON.stringify(line)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  expect(refused).toEqual([])
}

/** Another one in each market: twenty of them take all. */
const inTurn = <T>(all: readonly T[], number: number): T => all[number % all.length] as T

async function expectJudged(
  server: ServerProcess,
  of: Market,
  number: number,
  posted: readonly MarketEvent[],
): Promise<void> {
  const dimension = inTurn(dimensionNames, number)
  const breakdown = inTurn(breakdownNames, number)
  const grouping = inTurn(adoptionGroups, number)
  const events = posted as unknown as WireEvent[]
  const now = Date.now()
  const providers = of.providers.map(({ providerId, record }) => ({ providerId, ...record }))
  const merchants = of.merchants.map(({ merchantNo, record }) => ({ merchantNo, ...record }))
  const ask = (path: string) => server.json<Named>('GET', `/api/v1/${path}`)
  for (const { merchantNo, record } of of.merchants) {
    const question = { merchantNo, timeZone: record.timeZone, events, ownCodes: [], now, from, to }
    const range = `from=${from}&to=${to}`
    const lost = judgeLostSales({ ...question, interval: 'day' })
    const among = judgeSegments({ ...question, by: dimension })
    const parts = judgeBreakdown({ ...question, by: breakdown, filters: {} })
    const standing = judgeCompetitiveness({ ...question, merchants, providers })
    await vi.waitFor(async () => {
      const { totals, series, reasons } = await ask(`merchants/${merchantNo}/lost-sales?${range}`)
      const found = { totals, series, reasons: sorted(reasons, 'reason') }
      expect(found).toEqual(approximately({ totals: lost.totals, series: lost.series, reasons: lost.reasons }))
      const { segments } = await ask(`merchants/${merchantNo}/segments?${range}&by=${dimension}`)
      expect(sorted(segments, 'segment')).toEqual(approximately(sorted(among.segments, 'segment')))
      const { groups } = await ask(`merchants/${merchantNo}/breakdown?${range}&by=${breakdown}`)
      expect(sorted(groups, 'group')).toEqual(sorted(parts, 'group'))
      const { peers, acceptance, retention, returnRatio } = await ask(
        `merchants/${merchantNo}/competitiveness?${range}`,
      )
      expect({ peers, acceptance, retention, returnRatio }).toEqual(approximately(observedOf(standing)))
    }, withinAMinute)
  }
  for (const { providerId } of of.providers) {
    const terminals = of.merchants.flatMap(({ merchantNo, terminals: tills }) =>
      tills.map(({ terminalNo, record: { model, firmware } }) => {
        return { merchantNo, terminalNo, model, firmware, retiredOn: null, registeredAt: now }
      }),
    )
    const question = { providerId, merchants, terminals, events, ownCodes: [], now, from, to, by: grouping }
    const judged = judgeAdoption(question)
    await vi.waitFor(async () => {
      const { days, funnel, reasons } = await ask(
        `providers/${providerId}/adoption?from=${from}&to=${to}&by=${grouping}`,
      )
      const found = { days: sorted(days, 'day', 'group'), funnel, reasons: sorted(reasons, 'reason') }
      const expected = { days: sorted(judged.days, 'day', 'group'), funnel: judged.funnel, reasons: judged.reasons }
      expect(found).toEqual(approximately({ ...expected, reasons: sorted(expected.reasons, 'reason') }))
    }, withinAMinute)
  }
}

test.each(seeds)(
  'market %i: every observed figure equals the brute-force reading of what its tills made',
  async (number) => {
    const seed = `market ${number}`
    const random = new Random(seed, 'deliveries')
    const of = market({ seed, merchants: shops, turningDay: dayAfter(from, 1) })
    const events = [...marketEvents(of, { from, to })]
    expect(events.length).toBeGreaterThan(500)
    const DATA_DIR = await newDataDir()
    let server = await startServerProcess({ DATA_DIR, ADMIN_KEY: adminKey })
    try {
      await register(server, of)
      // What is late by days comes first, so that the days before it were rolled up without it.
      const late = events.filter(() => random.below(4) === 0)
      const inTime = events.filter((event) => !late.includes(event))
      await post(server, unruly(inTime, random))
      await expectJudged(server, of, number, inTime)
      await server.kill('SIGKILL')
      server = await startServerProcess({ DATA_DIR })
      await post(server, unruly([...late, ...inTime.slice(0, 100)], random))
      await expectJudged(server, of, number, events)
    } finally {
      await server.kill('SIGKILL')
      await rm(DATA_DIR, { recursive: true, force: true })
    }
  },
  300_000,
)
