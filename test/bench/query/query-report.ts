/** What the figures take, as tables for people and `--json` for machines. */

import { goal, printGoals, printTable, short, writeJson, type Figure as Measured } from '../report.ts'
import type { Times } from './ask.ts'
import type { Figure } from './figures.ts'
import { plainRecord, type AllTimes } from './measure.ts'
import type { Prepared } from './prepare-process.ts'

interface AtRest {
  prepared: Prepared
  idle: AllTimes
  idleMemoryBytes: number
}

export interface Results {
  figures: readonly Figure[]
  rounds: number
  json: string | undefined
  small: AtRest
  middle: AtRest & { postgres: { times: AllTimes; bytes: number } }
  large: AtRest & {
    busiest: AllTimes
    rollup: { middle: number; largest: number }
    live: { times: AllTimes; eventsPerSecond: number }
    peakMemoryBytes: number
  }
}

const mebibyte = 1024 * 1024
const nothing: Times = { p50: NaN, p95: NaN, count: 0 }

export function reportOn({ figures, rounds, json, small, middle, large }: Results): void {
  const events = ({ prepared }: AtRest): string => countOf(prepared.events)
  const columns = [
    { name: events(small), times: small.idle },
    { name: events(middle), times: middle.idle },
    { name: `PostgreSQL ${events(middle)}`, times: middle.postgres.times },
    { name: events(large), times: large.idle },
    { name: `${events(large)}, under ingest`, times: large.live.times },
    { name: `${events(large)}, the largest`, times: large.busiest },
  ]
  const names = [...figures.map(({ name }) => name), plainRecord]
  const cell = ({ p50, p95 }: Times = nothing): string => (Number.isNaN(p50) ? '' : `${short(p50)} / ${short(p95)}`)
  console.log(
    `\nMilliseconds, p50 / p95 of ${rounds} requests, one at a time; the median merchant, the median provider.\n`,
  )
  printTable([
    ['', ...columns.map(({ name }) => name)],
    ...names.map((name) => [name, ...columns.map(({ times }) => cell(times.get(name)))]),
  ])

  console.log('\nOn disk\n')
  for (const { prepared } of [small, middle, large]) printSizes(prepared)
  console.log(
    `PostgreSQL: ${short(middle.postgres.bytes / middle.prepared.events)} bytes an event, of the checkouts alone.`,
  )
  console.log(`Under ingest ${short(large.live.eventsPerSecond)} events/s were taken.\n`)

  const of = (which: Figure['of']): string[] => figures.filter((figure) => figure.of === which).map(({ name }) => name)
  const worst = (which: Figure['of'], value: (name: string) => number): number => Math.max(...of(which).map(value))
  const time = (times: AllTimes, name: string, what: 'p50' | 'p95'): number => (times.get(name) ?? nothing)[what]
  const both: Figure['of'][] = ['merchant', 'provider']
  const goals = [
    goal(
      'a median merchant, slowest p95',
      worst('merchant', (name) => time(large.idle, name, 'p95')),
      '<',
      50,
      'ms',
    ),
    goal(
      'a median merchant, p50 ÷ that of a hundredth of the events',
      worst('merchant', (name) => time(large.idle, name, 'p50') / time(small.idle, name, 'p50')),
      '<=',
      1.5,
    ),
    goal(
      'a median merchant, p50 ÷ PostgreSQL',
      worst('merchant', (name) => time(middle.idle, name, 'p50') / time(middle.postgres.times, name, 'p50')),
      '<=',
      1,
    ),
    goal(
      'a provider, slowest p95',
      worst('provider', (name) => time(large.idle, name, 'p95')),
      '<',
      300,
      'ms',
    ),
    goal(
      'PostgreSQL ÷ a provider, p50',
      -worst('provider', (name) => -time(middle.postgres.times, name, 'p50') / time(middle.idle, name, 'p50')),
      '>=',
      10,
    ),
    goal(
      'p95 under ingest ÷ idle',
      Math.max(
        ...both.map((which) =>
          worst(which, (name) => time(large.live.times, name, 'p95') / time(large.idle, name, 'p95')),
        ),
      ),
      '<=',
      3,
    ),
    goal('a touched merchant-day is rolled up', Math.max(large.rollup.middle, large.rollup.largest), '<', 2, 's'),
    goal('on disk', large.prepared.bytes / large.prepared.events, '<=', 64, 'bytes an event'),
    goal('peak memory', large.peakMemoryBytes / mebibyte, '<', 2048, 'MiB'),
  ]
  printGoals(goals)

  const measured = columns.flatMap(({ name: column, times }) =>
    names.flatMap((name): Measured[] => {
      const found = times.get(name)
      if (found === undefined) return []
      return (['p50', 'p95'] as const).map((what) => ({
        name: `${name}, ${column}, ${what}`,
        value: found[what],
        unit: 'ms',
      }))
    }),
  )
  const sizes = [small, middle, large].flatMap((size): Measured[] => [
    { name: `on disk, ${events(size)}`, value: size.prepared.bytes / size.prepared.events, unit: 'bytes an event' },
    { name: `peak memory idle, ${events(size)}`, value: size.idleMemoryBytes / mebibyte, unit: 'MiB' },
  ])
  const others: Measured[] = [
    { name: 'events under ingest', value: large.live.eventsPerSecond, unit: 'events/s' },
    { name: "rollup of the median merchant's day", value: large.rollup.middle, unit: 's' },
    { name: "rollup of the largest merchant's day", value: large.rollup.largest, unit: 's' },
    { name: `PostgreSQL on disk`, value: middle.postgres.bytes / middle.prepared.events, unit: 'bytes an event' },
  ]
  if (json !== undefined) writeJson(json, [...measured, ...sizes, ...others], goals)
}

/** As in 10 M; few as they are. */
const countOf = (events: number): string =>
  events < 1e5 ? String(events) : `${Number((events / 1e6).toPrecision(2))} M`

const mostColumns = 12

function printSizes({ events, bytes, tables, columns, seconds }: Prepared): void {
  const each = (bytes: number): string => short(bytes / events)
  console.log(
    `${short(events)} events: ${each(bytes)} bytes an event (${tables.map((one) => `${one.table} ${each(one.bytes)}`).join(', ')});`,
    `made in ${short(seconds.generate)} s, merged in ${short(seconds.merge)} s, rolled up in ${short(seconds.roll)} s`,
  )
  const largest = columns.slice(0, mostColumns).map(({ table, column, bytes }) => `${table}.${column} ${each(bytes)}`)
  console.log(`  ${largest.join(', ')}\n`)
}
