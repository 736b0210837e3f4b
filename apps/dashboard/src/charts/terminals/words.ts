/** What a till says it can do, what is wrong with it, and what to do about that, in words. */

import { count, ratio } from '#lib/format.ts'
import { checkouts } from '#lib/labels.ts'
import { m } from '#paraglide/messages.js'
import type { HuabeiState, Problem, TerminalRow } from './rows.ts'

export const states: Record<HuabeiState, { name: () => string; todo?: () => string }> = {
  open: { name: m.state_open },
  suspended: { name: m.state_suspended, todo: m.state_suspended_todo },
  signed_not_open: { name: m.state_signed_not_open, todo: m.state_signed_not_open_todo },
  capable_not_signed: { name: m.state_capable_not_signed, todo: m.state_capable_not_signed_todo },
  not_capable: { name: m.state_not_capable, todo: m.state_not_capable_todo },
  unknown: { name: m.state_unknown, todo: m.state_unknown_todo },
}

export const problemName: Record<Problem, () => string> = {
  silent: m.till_silent,
  never: m.till_never,
  renumbered: m.till_renumbered,
  gaps: m.till_gaps,
  clock: m.till_clock,
  unknown: m.till_unknown,
  refuses: m.till_refuses,
}

const minuteMs = 60_000
/** From two hours on in hours. */
function spanOf(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / minuteMs)
  return minutes < 120 ? m.till_minutes({ minutes: count(minutes) }) : m.till_hours({ hours: ratio(minutes / 60) })
}

export function todoOf(problem: Problem, row: TerminalRow): string {
  const missing = count(row.missing ?? 0)
  const received = count(row.received)
  switch (problem) {
    case 'silent':
      return m.till_silent_todo()
    case 'never':
      return m.till_never_todo()
    case 'renumbered':
      return m.till_renumbered_todo({ missing, received })
    case 'gaps':
      return m.till_gaps_todo({ missing, received })
    case 'clock': {
      const offset = row.clockOffsetMs ?? 0
      const off = { span: spanOf(offset) }
      return offset > 0 ? m.till_clock_behind_todo(off) : m.till_clock_ahead_todo(off)
    }
    case 'unknown':
      return m.till_unknown_todo({ unknown: checkouts(row.unknown) })
    case 'refuses':
      return m.till_refuses_todo({ refused: checkouts(row.refused) })
  }
}
