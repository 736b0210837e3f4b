/**
 * The figures of contract section 7 that any set of asked checkouts has: how many there were, what became of them, and N.
 * Sums of sums, so that sets add up.
 */

import { sql, type RawBuilder } from 'kysely'
import Type, { type Static } from 'typebox'
import { reasons } from '../events/reasons.ts'
import type { Basis, Volume } from './answer.ts'
import { judgedCheckouts, outcomes, type Condition, type CheckoutsQuestion, type Outcome } from './checkouts.ts'

export interface NetLost {
  amount: number
  low: number
  high: number
}

export interface OutcomeFigures {
  attempted: Volume
  approved: Volume
  pending: Volume
  declined: Volume
  unsupported: Volume
  /** Declined for a code that nobody has mapped to a reason yet. */
  unmapped: Volume
  /** Of the unsupported checkouts; each has exactly one. */
  outcomes: Record<Exclude<Outcome, 'downsized'>, Volume> & { downsized: Volume & { paid: number } }
  netLost: NetLost
}

/** Checkouts alike in all that the figures tell apart. */
export const alike = {
  state: Type.Enum(['approved', 'pending', 'declined']),
  reason: Type.Enum(['', ...reasons]),
  outcome: Type.Enum(['', ...outcomes]),
  explicit: Type.Boolean(),
  checkouts: Type.Integer(),
  amount: Type.Integer(),
  paid: Type.Integer(),
  lost: Type.Integer(),
}
export type Alike = { [Name in keyof typeof alike]: Static<(typeof alike)[Name]> }

const counted = ['asked', 'state', 'reason', 'outcome', 'explicit', 'a', 'paid', 'lost'] as const

const all: Condition = { where: sql`true`, columns: [] }

/** One row for every `bucket`, state, reason and outcome that occurred. */
export const alikeQuery = <Bucket>(
  question: CheckoutsQuestion,
  bucket: RawBuilder<Bucket>,
  { where, columns }: Condition = all,
) => sql<Alike & { bucket: Bucket }>`
    SELECT ${bucket} AS bucket, state, reason, outcome, toBool(explicit) AS explicit,
      count() AS checkouts, sum(a) AS amount, sum(paid) AS paid, sum(lost) AS lost
    FROM (${judgedCheckouts(question, [...counted, ...columns])})
    WHERE asked AND ${where}
    GROUP BY bucket, state, reason, outcome, explicit`

export const noVolume = (): Volume => ({ checkouts: 0, amount: 0 })

export const noFigures = (): OutcomeFigures => ({
  attempted: noVolume(),
  approved: noVolume(),
  pending: noVolume(),
  declined: noVolume(),
  unsupported: noVolume(),
  unmapped: noVolume(),
  outcomes: {
    recoveredInWallet: noVolume(),
    recoveredOther: noVolume(),
    downsized: { ...noVolume(), paid: 0 },
    deferred: noVolume(),
    abandoned: noVolume(),
    open: noVolume(),
    unknown: noVolume(),
  },
  netLost: { amount: 0, low: 0, high: 0 },
})

export function addVolume(volume: Volume, row: Alike): void {
  volume.checkouts += row.checkouts
  volume.amount += row.amount
}

/** What a judged checkout adds to the high bound of N, fen: `netLost.high` of `addRow`, where only sums are read. */
export const mostLost = sql`if(outcome = 'unknown', toInt64(a), lost)`

export function addRow(figures: OutcomeFigures, row: Alike): void {
  addVolume(figures.attempted, row)
  addVolume(figures[row.state], row)
  if (row.reason === 'UNMAPPED') addVolume(figures.unmapped, row)
  if (row.outcome === '') return
  addVolume(figures.unsupported, row)
  addVolume(figures.outcomes[row.outcome], row)
  if (row.outcome === 'downsized') figures.outcomes.downsized.paid += row.paid
  figures.netLost.amount += row.lost
  figures.netLost.low += row.outcome === 'abandoned' && !row.explicit ? 0 : row.lost
  figures.netLost.high += row.outcome === 'unknown' ? row.amount : row.lost
}

/** By path: only the bounds of N are not counted. */
export const outcomeBasis: Record<string, Basis> = Object.fromEntries(
  leaves(noFigures()).map((path) => [path, path === 'netLost.low' || path === 'netLost.high' ? 'bound' : 'observed']),
)

function leaves(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? leaves(inner, `${path}${key}.`) : [`${path}${key}`],
  )
}
