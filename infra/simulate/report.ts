/** What the simulation tells: a line while it runs, and what came of it at the end. Pure, so that it can be tested. */

import { TIME_ZONE } from '@tillsight/market/calendar.ts'

export interface Counts {
  recorded: number
  queued: number
  /** By code. */
  refused: ReadonlyMap<string, number>
  /** Answers that said later, by status. */
  later: ReadonlyMap<number, number>
}

export interface Moment extends Counts {
  /** The market's time, UTC milliseconds. */
  marketTime: number
  lap: number
  /** Since the last line. */
  seconds: number
  before: Counts
  offline: number
  terminals: number
}

export interface End extends Counts {
  dropped: number
  seconds: number
  /** Milliseconds from recording to answer. */
  p50: number | undefined
  p99: number | undefined
  /** Of this process. */
  cpuSeconds: number
}

const localTime = new Intl.DateTimeFormat('sv-SE', {
  ...{ timeZone: TIME_ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
})
const weekday = new Intl.DateTimeFormat('en', { timeZone: TIME_ZONE, weekday: 'short' })
const number = (value: number): string => Math.round(value).toLocaleString('en')

const answered = ({ recorded, queued }: Counts): number => recorded - queued

export function lineOf(moment: Moment): string {
  const { marketTime, lap, seconds, before, offline, terminals, queued } = moment
  const perSecond = (count: number) => `${number(count / seconds)}/s`
  return [
    `${weekday.format(marketTime)} ${localTime.format(marketTime)}${lap > 1 ? `, lap ${lap}` : ''}`,
    `recorded ${perSecond(moment.recorded - before.recorded)}`,
    `answered ${perSecond(answered(moment) - answered(before))}`,
    `queued ${number(queued)}`,
    `${number(offline)} of ${number(terminals)} tills offline`,
    `refused ${listOf(moment.refused)}`,
    ...(moment.later.size === 0 ? [] : [`status ${listOf(moment.later)}`]),
  ].join(' · ')
}

export function summaryOf(end: End): string {
  const { recorded, queued, dropped, refused, later, seconds, p50, p99, cpuSeconds } = end
  const refusals = sumOf(refused)
  const ms = (value: number | undefined) => (value === undefined ? 'unknown' : `${number(value)} ms`)
  return [
    `Recorded ${number(recorded)} events in ${number(seconds)} s, ${number(recorded / seconds)}/s.`,
    `Accepted ${number(recorded - queued - dropped - refusals)}, refused ${listOf(refused)}, not answered ${number(queued)}, dropped ${number(dropped)}.`,
    `From recording to answer: half within ${ms(p50)}, 99 % within ${ms(p99)} (up to 200 ms of it to gather).`,
    `Answers that said later: ${listOf(later)}.`,
    `CPU time of the simulation: ${cpuSeconds.toFixed(1)} s, ${number((cpuSeconds / Math.max(1, recorded)) * 1e6)} µs an event.`,
  ].join('\n')
}

/** "31 (too_old 20, unknown_type 11)", the most frequent first. */
function listOf(counts: ReadonlyMap<string | number, number>): string {
  const parts = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${number(count)}`)
  return `${number(sumOf(counts))}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

const sumOf = (counts: ReadonlyMap<string | number, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)
