/** The codes that a provider's terminals declined with, what each is taken for and by whose word; and what a change would move. */

import {
  codeSystems,
  groupOf,
  isCodeValue,
  keyOf,
  knownCodes,
  mappableReasons,
  type CodeSystem,
  type OwnCodes,
  type Reason,
} from '@tillsight/shared/events/reasons.ts'
import type { CodeUse } from '@tillsight/shared/metrics/code-use.ts'
import type { LostSalesReason } from '@tillsight/shared/metrics/lost-sales.ts'

/** Whose word says what a code means. */
export type MappedBy = 'own' | 'table' | 'nobody'

export interface CodeRow {
  system: string
  value: string
  meaning: Reason
  by: MappedBy
  checkouts: number
  /** Of these, taken for something else: a channel was shut, or the terminal declared a cause. */
  otherwise: number
  /** Fen. */
  amount: number
  lost: number
  /** Null: not seen in these days. */
  newestAt: string | null
}

function meaningOf(system: string, value: string, own: OwnCodes): { meaning: Reason; by: MappedBy } {
  const key = keyOf(system, value)
  const said = own.get(key)
  if (said !== undefined) return { meaning: said, by: 'own' }
  const known = knownCodes.get(key)
  return known === undefined ? { meaning: 'UNMAPPED', by: 'nobody' } : { meaning: known, by: 'table' }
}

/** Nobody says what it means, and there are checkouts that nothing else explains. */
export const isUnmapped = ({ by, checkouts, otherwise }: CodeRow): boolean => by === 'nobody' && checkouts > otherwise

/** How the checkouts of a code count: as lost, not before somebody maps it, or never, for Huabei would not have helped. */
export const countsAs = (row: CodeRow): 'lost' | 'waiting' | 'never' => {
  if (isUnmapped(row)) return 'waiting'
  return row.lost > 0 || groupOf(row.meaning) === 'unsupported' ? 'lost' : 'never'
}

/** What nobody has mapped comes first, then by checkouts; own codes that were not seen come last. */
export function codeRows(uses: readonly CodeUse[], own: OwnCodes): CodeRow[] {
  const rows = new Map<string, CodeRow>()
  const rowOf = (system: string, value: string): CodeRow => {
    const key = keyOf(system, value)
    let row = rows.get(key)
    if (row === undefined) {
      const none = { checkouts: 0, otherwise: 0, amount: 0, lost: 0, newestAt: null }
      row = { system, value, ...meaningOf(system, value, own), ...none }
      rows.set(key, row)
    }
    return row
  }
  for (const { code, reason, checkouts, amount, netLost, newestAt } of uses) {
    if (code === null) continue
    const row = rowOf(code.system, code.value)
    row.checkouts += checkouts
    if (reason !== row.meaning) row.otherwise += checkouts
    row.amount += amount
    row.lost += netLost.amount
    if (row.newestAt === null || row.newestAt < newestAt) row.newestAt = newestAt
  }
  for (const key of own.keys()) {
    const space = key.indexOf(' ')
    rowOf(key.slice(0, space), key.slice(space + 1))
  }
  const isOpen = (row: CodeRow): number => (isUnmapped(row) ? 1 : 0)
  return [...rows.values()].sort(
    (a, b) =>
      isOpen(b) - isOpen(a) ||
      b.checkouts - a.checkouts ||
      (keyOf(a.system, a.value) < keyOf(b.system, b.value) ? -1 : 1),
  )
}

/** By reason, as lost sales tell them. @param only those that terminals declared. */
export function reasonRows(uses: readonly CodeUse[], only: 'all' | 'declared'): LostSalesReason[] {
  const rows = new Map<Reason, LostSalesReason>()
  for (const { reason, isDeclared, checkouts, amount, netLost } of uses) {
    if (only === 'declared' && !isDeclared) continue
    const group = groupOf(reason)
    const row = rows.get(reason) ?? { reason, group, checkouts: 0, amount: 0, netLost: null }
    rows.set(reason, {
      ...row,
      checkouts: row.checkouts + checkouts,
      amount: row.amount + amount,
      netLost: group === 'unsupported' ? { amount: (row.netLost?.amount ?? 0) + netLost.amount } : null,
    })
  }
  return [...rows.values()].sort((a, b) => b.checkouts - a.checkouts)
}

export interface AskedChange {
  system: CodeSystem
  value: string
  /** Null: the own code is taken back. */
  to: Reason | null
}

/** What a code is to be taken for, in an address. */
export const takenBack = 'none'

/** Undefined where it can't be read. */
export function changeIn(fields: { get(name: string): unknown }): AskedChange | undefined {
  const system = codeSystems.find((each) => each === fields.get('system'))
  const value = fields.get('value')
  const asked = fields.get('reason')
  const reason = asked === takenBack ? null : mappableReasons.find((each) => each === asked)
  if (system === undefined || typeof value !== 'string' || !isCodeValue(value) || reason === undefined) return undefined
  return { system, value, to: reason }
}

export const withChange = (own: OwnCodes, { system, value, to }: AskedChange): OwnCodes => {
  const changed = new Map(own)
  if (to === null) changed.delete(keyOf(system, value))
  else changed.set(keyOf(system, value), to)
  return changed
}

interface Effect {
  checkouts: number
  /** Counted as lost because Huabei is not accepted. */
  unsupported: number
  /** N, fen. */
  lost: number
}

export interface Preview extends AskedChange {
  meaningBefore: Reason
  meaningAfter: Reason
  before: Effect
  after: Effect
  /** Checkouts that would have another reason. */
  moved: number
}

export function previewOf(
  change: AskedChange,
  own: OwnCodes,
  before: readonly CodeUse[],
  after: readonly CodeUse[],
): Preview {
  const then = new Map(reasonRows(after, 'all').map(({ reason, checkouts }) => [reason, checkouts]))
  return {
    ...change,
    meaningBefore: meaningOf(change.system, change.value, own).meaning,
    meaningAfter: meaningOf(change.system, change.value, withChange(own, change)).meaning,
    before: effectOf(before),
    after: effectOf(after),
    moved: reasonRows(before, 'all').reduce(
      (sum, { reason, checkouts }) => sum + Math.max(0, checkouts - (then.get(reason) ?? 0)),
      0,
    ),
  }
}

function effectOf(uses: readonly CodeUse[]): Effect {
  const sum = (of: (use: CodeUse) => number): number => uses.reduce((total, use) => total + of(use), 0)
  return {
    checkouts: sum(({ checkouts }) => checkouts),
    unsupported: sum(({ reason, checkouts }) => (groupOf(reason) === 'unsupported' ? checkouts : 0)),
    lost: sum(({ netLost }) => netLost.amount),
  }
}
