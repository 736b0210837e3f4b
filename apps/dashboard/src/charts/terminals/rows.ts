/** A shop's tills, and the phones beside them: what each can do, whether it is heard, what of it is missing, and its share of the loss. */

import type { capabilityStates } from '@tillsight/shared/events/event.ts'
import type { BreakdownGroup } from '@tillsight/shared/metrics/breakdown.ts'
import type { ReportedBuild } from '@tillsight/shared/metrics/reported-builds.ts'
import type { TerminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import type { Phone } from '@tillsight/shared/registry/phones.ts'
import { enough, lostCheckouts } from '#lib/answers.ts'
import type { Both, ComparedLoss } from '#lib/comparison.ts'

export type HuabeiState = (typeof capabilityStates)[number] | 'unknown'

/** In the order of their weight. */
const problems = ['silent', 'never', 'renumbered', 'gaps', 'clock', 'unknown', 'refuses'] as const
export type Problem = (typeof problems)[number]

/** A clock that is off by less is a slow network. */
const clockOffBy = 60_000
/** So large a part of the refused checkouts with an unknown outcome is worth asking the provider about. */
const worthTelling = 0.2

export interface TerminalRow {
  terminalNo: string
  /** Null: a cashier's phone, which takes no payment at all. */
  huabei: HuabeiState | null
  /** RFC 3339. */
  lastEventAt: string | null
  /** Events of the last 30 days, and numbers that never arrived; null where it sends none. */
  received: number
  missing: number | null
  /** Positive: its clock is behind. Null where nobody can tell. */
  clockOffsetMs: number | null
  model: string | null
  firmware: string | null
  retired: boolean
  /** Refused checkouts, those of them whose outcome nobody knows, N (fen), and its part of the whole N. */
  refused: number
  unknown: number
  lost: number
  share: number | null
  /** N of the days that are compared and of those before; null where nothing is compared, or nothing was lost in either. */
  compared: (ComparedLoss & { few: boolean }) | null
  problems: Problem[]
}

interface TerminalRecord {
  terminalNo: string
  model: string | null
  firmware: string | null
  /** A local day. */
  retiredOn: string | null
}

type Group = Pick<BreakdownGroup, 'group' | 'unsupported' | 'outcomes' | 'netLost'>

interface Found {
  records: readonly TerminalRecord[]
  health: { of(terminalNo: string): TerminalHealth }
  builds: ReadonlyMap<string, ReportedBuild>
  phones: readonly Pick<Phone, 'terminalNo' | 'device'>[]
  /** Of the breakdown by terminal. */
  groups: readonly Group[]
  /** The same of the days that are compared; undefined where none are. */
  both?: Both<readonly Group[]> | undefined
}

/** Those that are not heard come first, then those with other problems, then by their loss; retired ones come last. */
export function terminalRows({ records, health, builds, phones, groups, both }: Found, today: string): TerminalRow[] {
  const whole = groups.reduce((sum, { netLost }) => sum + netLost.amount, 0)
  const losses = byTerminal(groups)
  const devices = new Map(phones.map(({ terminalNo, device }) => [terminalNo, device]))
  const [settled, earlier] = [both?.settled, both?.earlier].map((of) => byTerminal(of ?? []))
  const rows = records.map(({ terminalNo, model, firmware, retiredOn }): TerminalRow => {
    const said = health.of(terminalNo)
    const { lastEventAt, received, missing } = said
    const device = devices.get(terminalNo)
    const build = builds.get(terminalNo)
    const loss = losses.get(terminalNo)
    const lost = loss?.netLost.amount ?? 0
    const row = {
      terminalNo,
      huabei: device === undefined ? (said.huabei as HuabeiState) : null,
      lastEventAt,
      received,
      missing,
      clockOffsetMs: knownOffset(said),
      model: device ?? build?.model ?? model,
      firmware: build?.firmware ?? firmware,
      retired: retiredOn !== null && retiredOn <= today,
      refused: loss?.unsupported.checkouts ?? 0,
      unknown: loss?.outcomes.unknown.checkouts ?? 0,
      lost,
      share: whole === 0 ? null : lost / whole,
      compared: comparedLoss(settled?.get(terminalNo), earlier?.get(terminalNo)),
    }
    return { ...row, problems: row.retired ? [] : problemsOf(row, said) }
  })
  return rows.sort((a, b) => rankOf(a) - rankOf(b) || b.lost - a.lost || (a.terminalNo < b.terminalNo ? -1 : 1))
}

const byTerminal = (groups: readonly Group[]): Map<string, Group> =>
  new Map(groups.map((group) => [group.group.slice(group.group.indexOf(':') + 1), group]))

function comparedLoss(now: Group | undefined, before: Group | undefined): TerminalRow['compared'] {
  const [lost, lostBefore] = [now?.netLost.amount ?? 0, before?.netLost.amount ?? 0]
  if (lost + lostBefore === 0) return null
  const checkouts = [now, before].map((group) => (group === undefined ? 0 : lostCheckouts(group)))
  return { lost, lostBefore, few: Math.max(...checkouts) < enough }
}

function problemsOf(row: Omit<TerminalRow, 'problems'>, said: TerminalHealth): Problem[] {
  const missing = row.missing ?? 0
  const clock = Math.abs(row.clockOffsetMs ?? 0) >= clockOffBy
  // It reports what a cashier taps, and only then.
  if (row.huabei === null) return clock ? ['clock'] : []
  const has: Record<Problem, boolean> = {
    silent: said.silentSince !== null,
    never: row.lastEventAt === null,
    // More than ever came: many were lost, or its counter began again.
    renumbered: missing > row.received,
    gaps: missing > 0 && missing <= row.received,
    clock,
    unknown: row.unknown > 0 && row.unknown >= row.refused * worthTelling,
    refuses: row.huabei === 'open' && row.refused > 0,
  }
  return problems.filter((problem) => has[problem])
}

/**
 * An event that arrives before it happened is proof of a clock that is ahead. One that is behind looks like sending late, and like
 * history that is handed over at first contact: it is taken for the clock where even the quickest event takes long, half of all
 * take less than twice that, and the till was heard for as long.
 */
function knownOffset({ clockOffsetMs, heardForMs, lateMs }: TerminalHealth): number | null {
  if (clockOffsetMs === null || clockOffsetMs < clockOffBy) return clockOffsetMs
  return (heardForMs ?? 0) >= clockOffsetMs && (lateMs.median ?? 0) < clockOffsetMs ? clockOffsetMs : null
}

function rankOf({ retired, problems: [worst] }: TerminalRow): number {
  if (retired) return problems.length + 1
  return worst === undefined ? problems.length : problems.indexOf(worst)
}
