import { expect, test } from 'vitest'
import { funnelRows, stuckAfter } from './rows.ts'

const funnel = (terminals: number, capable: number, signed: number, open: number, succeeded = 0, active = 0) => ({
  ...{ terminals, capable, signed, open, succeeded, active },
})

test('every step is a share of all terminals', () => {
  expect(
    funnelRows(funnel(200, 150, 100, 50, 80, 40)).map(({ stage, terminals, share }) => [stage, terminals, share]),
  ).toEqual([
    ['terminals', 200, 1],
    ['capable', 150, 0.75],
    ['signed', 100, 0.5],
    ['open', 50, 0.25],
    ['succeeded', 80, 0.4],
    ['active', 40, 0.2],
  ])
})

test('of no terminal there is no share, and nowhere to be stuck', () => {
  const rows = funnelRows(funnel(0, 0, 0, 0))
  expect(rows.map(({ share }) => share)).toEqual([null, null, null, null, null, null])
  expect(stuckAfter(rows, 0)).toBeNull()
})

test('they are stuck where most stand still on the way to open, the earlier step where as many do', () => {
  expect(stuckAfter(funnelRows(funnel(100, 90, 40, 30)), 0)).toEqual({ from: 'capable', to: 'signed', terminals: 50 })
  expect(stuckAfter(funnelRows(funnel(100, 80, 60, 60)), 0)).toEqual({
    from: 'terminals',
    to: 'capable',
    terminals: 20,
  })
})

test('who is open and had no payment yet is not stuck: these steps look back', () => {
  expect(stuckAfter(funnelRows(funnel(100, 100, 100, 100, 3, 1)), 0)).toBeNull()
})

test('a single terminal that can’t is all that is stuck', () => {
  expect(stuckAfter(funnelRows(funnel(1, 0, 0, 0)), 0)).toEqual({ from: 'terminals', to: 'capable', terminals: 1 })
})

test('who never said what it can do is not stuck', () => {
  expect(stuckAfter(funnelRows(funnel(100, 20, 10, 5)), 75)).toEqual({ from: 'capable', to: 'signed', terminals: 10 })
  expect(stuckAfter(funnelRows(funnel(100, 0, 0, 0)), 100)).toBeNull()
})
