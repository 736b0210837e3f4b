import { expect, test } from 'vitest'
import { noStates, type StateCounts } from '#charts/fleet-states/rows.ts'
import { funnelRows, stuckAfter } from './rows.ts'

/** What the metric makes of terminals in these states. */
function rowsOf(some: Partial<StateCounts>, reasons: Parameters<typeof funnelRows>[2] = []) {
  const states = { ...noStates(), ...some }
  const signed = states.signedNotOpen + states.open + states.suspended
  const capable = signed + states.capableNotSigned
  const terminals = capable + states.notCapable + states.unknown
  return funnelRows({ terminals, capable, signed, open: states.open, succeeded: 80, active: 40 }, states, reasons)
}
const refused = (reason: 'NO_AGREEMENT' | 'MARGIN_FEE' | 'COST_BENEFIT' | 'TECH_NO_SUPPORT', checkouts: number) => ({
  ...{ reason, group: 'unsupported' as const, checkouts, amount: 0 },
})

test('every step is a share of all terminals', () => {
  const rows = rowsOf({ notCapable: 50, capableNotSigned: 50, signedNotOpen: 50, open: 50 })
  expect(rows.map(({ stage, terminals, share }) => [stage, terminals, share])).toEqual([
    ['terminals', 200, 1],
    ['capable', 150, 0.75],
    ['signed', 100, 0.5],
    ['open', 50, 0.25],
    ['succeeded', 80, 0.4],
    ['active', 40, 0.2],
  ])
})

test('of no terminal there is no share, and nowhere to be stuck', () => {
  const rows = rowsOf({})
  expect(rows.map(({ share }) => share)).toEqual([null, null, null, null, null, null])
  expect(stuckAfter(rows)).toBeNull()
})

test('who did not get to a step is told by state, and makes up what it lacks', () => {
  const rows = rowsOf({ notCapable: 3, unknown: 4, capableNotSigned: 5, signedNotOpen: 6, suspended: 7, open: 8 })
  expect(rows.map(({ held }) => held.map(({ state, terminals }) => [state, terminals]))).toEqual([
    [],
    [
      ['notCapable', 3],
      ['unknown', 4],
    ],
    [['capableNotSigned', 5]],
    [
      ['signedNotOpen', 6],
      ['suspended', 7],
    ],
    [],
    [],
  ])
  for (const [i, { held, terminals }] of rows.entries()) {
    if (held.length === 0) continue
    expect(held.reduce((sum, one) => sum + one.terminals, terminals)).toBe(rows[i - 1]?.terminals)
  }
})

test('why is told where somebody stands: the commonest reasons that lie at this step', () => {
  const reasons = [
    ...[refused('COST_BENEFIT', 1), refused('MARGIN_FEE', 3), refused('NO_AGREEMENT', 9)],
    refused('TECH_NO_SUPPORT', 50),
  ]
  const causes = (states: Partial<StateCounts>) => rowsOf(states, reasons).map((row) => row.causes)
  expect(causes({ capableNotSigned: 5 })).toEqual([[], [], ['NO_AGREEMENT', 'MARGIN_FEE'], [], [], []])
  expect(causes({ unknown: 5 })).toEqual([[], [], [], [], [], []])
})

test('they are stuck where most stand still on the way to open, the earlier step where as many do', () => {
  expect(stuckAfter(rowsOf({ notCapable: 10, capableNotSigned: 50, signedNotOpen: 10 }))).toEqual({
    ...{ from: 'capable', to: 'signed', terminals: 50 },
  })
  expect(stuckAfter(rowsOf({ notCapable: 20, capableNotSigned: 20 }))).toMatchObject({
    from: 'terminals',
    to: 'capable',
  })
})

test('who is open and had no payment yet is not stuck: these steps look back', () => {
  expect(stuckAfter(rowsOf({ open: 100 }))).toBeNull()
})

test('a single terminal that can’t is all that is stuck', () => {
  expect(stuckAfter(rowsOf({ notCapable: 1 }))).toEqual({ from: 'terminals', to: 'capable', terminals: 1 })
})

test('who never said what it can do is not stuck', () => {
  expect(stuckAfter(rowsOf({ unknown: 75, notCapable: 5, capableNotSigned: 10 }))).toMatchObject({ terminals: 10 })
  expect(stuckAfter(rowsOf({ unknown: 100 }))).toBeNull()
})
