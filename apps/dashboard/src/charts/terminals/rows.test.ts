import { noFigures } from '@tillsight/shared/metrics/outcome-figures.ts'
import type { TerminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import { expect, test } from 'vitest'
import { terminalRows } from './rows.ts'

const today = '2026-11-05'
const at = '2026-11-05T08:00:00.000Z'

const record = (terminalNo: string, retiredOn: string | null = null) => ({
  ...{ terminalNo, retiredOn, model: 'A1', firmware: '1.0' },
})
const healthy: TerminalHealth = {
  huabei: 'open',
  lastEventAt: at,
  received: 100,
  missing: 0,
  lateMs: { median: 10, p95: 20 },
  clockOffsetMs: 300,
  heardForMs: 86_400_000,
  silentSince: null,
}
const group = (terminalNo: string, refused: number, unknown: number, lost: number) => ({
  ...noFigures(),
  group: `898584058120001:${terminalNo}`,
  unsupported: { checkouts: refused, amount: refused * 100 },
  outcomes: { ...noFigures().outcomes, unknown: { checkouts: unknown, amount: unknown * 100 } },
  netLost: { amount: lost, low: 0, high: lost },
})

const bare = { records: [record('a')], groups: [], builds: new Map(), phones: [], health: { of: () => healthy } }
const rowsOf = (
  said: Record<string, Partial<TerminalHealth>>,
  groups: ReturnType<typeof group>[] = [],
  records = Object.keys(said).map((terminalNo) => record(terminalNo)),
) =>
  terminalRows(
    { ...bare, records, groups, health: { of: (terminalNo) => ({ ...healthy, ...said[terminalNo] }) } },
    today,
  )
const problemsOf = (said: Partial<TerminalHealth>, groups: ReturnType<typeof group>[] = []) =>
  rowsOf({ a: said }, groups)[0]?.problems

test('silent tills come first, then never heard ones, then other problems, then the largest loss; retired ones last', () => {
  const said = {
    gone: {},
    large: {},
    small: {},
    clock: { clockOffsetMs: -120_000 },
    never: { lastEventAt: null },
    silent: { silentSince: at },
  }
  const records = Object.keys(said).map((terminalNo) => record(terminalNo, terminalNo === 'gone' ? today : null))
  const groups = [group('large', 9, 0, 700), group('small', 9, 0, 300), group('gone', 9, 0, 9000)]
  expect(rowsOf(said, groups, records).map(({ terminalNo }) => terminalNo)).toEqual([
    ...['silent', 'never', 'clock', 'large', 'small', 'gone'],
  ])
})

test('shares are of the whole loss, of retired tills too', () => {
  const rows = rowsOf({ a: {} }, [group('a', 9, 0, 250), group('gone', 9, 0, 750)])
  expect(rows.map(({ lost, share }) => [lost, share])).toEqual([[250, 0.25]])
  expect(rowsOf({ a: {} })[0]?.share).toBeNull()
})

test('what never arrived is told apart from a counter that began again', () => {
  expect(problemsOf({ missing: 3 })).toEqual(['gaps'])
  expect(problemsOf({ missing: 90_000 })).toEqual(['renumbered'])
  expect(problemsOf({ missing: null })).toEqual([])
})

test('a clock counts as off from a minute on, either way', () => {
  expect([59_999, 60_000, -60_000].map((clockOffsetMs) => problemsOf({ clockOffsetMs }))).toEqual([
    ...[[], ['clock'], ['clock']],
  ])
})

test('a clock is said to be behind only where it is no history that came in one go, nor sent late', () => {
  const fourHours = 4 * 3_600_000
  expect(problemsOf({ clockOffsetMs: fourHours, heardForMs: 30_000 })).toEqual([])
  expect(problemsOf({ clockOffsetMs: fourHours, heardForMs: fourHours })).toEqual(['clock'])
  expect(problemsOf({ clockOffsetMs: fourHours, lateMs: { median: 6 * 3_600_000, p95: null } })).toEqual([])
  // What is yet to happen is no history.
  expect(problemsOf({ clockOffsetMs: -fourHours, heardForMs: 0 })).toEqual(['clock'])
})

test('how far a clock is off is shown where it can be told, and nowhere else', () => {
  const offsetOf = (said: Partial<TerminalHealth>) => rowsOf({ a: said })[0]?.clockOffsetMs
  const elevenHours = 11 * 3_600_000
  expect(offsetOf({ clockOffsetMs: elevenHours, heardForMs: 30_000 })).toBeNull()
  expect(offsetOf({ clockOffsetMs: elevenHours, heardForMs: elevenHours })).toBe(elevenHours)
  expect(offsetOf({ clockOffsetMs: -elevenHours, heardForMs: 0 })).toBe(-elevenHours)
  expect(offsetOf({ clockOffsetMs: 59_999, heardForMs: 0 })).toBe(59_999)
})

test('a till that says it takes Huabei, and where it was refused, is named', () => {
  expect(problemsOf({}, [group('a', 1, 0, 0)])).toEqual(['refuses'])
  expect(problemsOf({ huabei: 'not_capable' }, [group('a', 1, 0, 0)])).toEqual([])
})

test('a phone by the till is no till: it has no state of Huabei, and no report to be asked for', () => {
  const said = { huabei: 'unknown', lastEventAt: null, silentSince: at, missing: 3, clockOffsetMs: -120_000 }
  const phones = [{ terminalNo: 'a', device: 'iPhone' }]
  const groups = [group('a', 100, 100, 700)]
  const [row] = terminalRows({ ...bare, groups, phones, health: { of: () => ({ ...healthy, ...said }) } }, today)
  expect(row).toMatchObject({ huabei: null, model: 'iPhone', lost: 700, problems: ['clock'] })
})

test('a till whose sales’ outcomes are often unknown is named', () => {
  const suspended = { huabei: 'suspended' }
  expect(problemsOf(suspended, [group('a', 100, 20, 0)])).toEqual(['unknown'])
  expect(problemsOf(suspended, [group('a', 100, 19, 0)])).toEqual([])
})

test('a retired till has no problems', () => {
  const rows = rowsOf({ a: { silentSince: at } }, [], [record('a', '2026-11-01')])
  expect(rows[0]).toMatchObject({ retired: true, problems: [] })
})

test('what a till says of itself goes before what the registry says', () => {
  const builds = new Map([['a', { model: null, firmware: '2.0' }]])
  expect(terminalRows({ ...bare, builds }, today)[0]).toMatchObject({ model: 'A1', firmware: '2.0' })
})

const lostWith = (terminalNo: string, checkouts: number, lost: number) => {
  const of = group(terminalNo, checkouts, 0, lost)
  return { ...of, outcomes: { ...of.outcomes, abandoned: { checkouts, amount: lost } } }
}
const comparedIn = (settled: ReturnType<typeof group>[], earlier: ReturnType<typeof group>[]) => {
  return terminalRows({ ...bare, both: { settled, earlier } }, today)[0]?.compared
}

test('a till’s loss is compared, and where it lost few in both periods that is said', () => {
  expect(comparedIn([lostWith('a', 20, 900)], [lostWith('a', 3, 100)])).toEqual({
    ...{ lost: 900, lostBefore: 100, few: false },
  })
  expect(comparedIn([], [lostWith('a', 19, 100)])).toEqual({ lost: 0, lostBefore: 100, few: true })
})

test('nothing is compared where nothing was lost, or nothing is to be compared', () => {
  expect(comparedIn([lostWith('b', 30, 900)], [lostWith('a', 30, 0)])).toBeNull()
  expect(rowsOf({ a: {} }, [lostWith('a', 30, 900)])[0]?.compared).toBeNull()
})
