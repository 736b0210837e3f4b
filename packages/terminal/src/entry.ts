/** From what happened to an event with its number, ready to be queued. */

import { eventText } from './event-text.ts'
import type { Entry } from './queue-store.ts'
import { RecordError, type Receipt } from './receipt.ts'
import { withReport, type TerminalState } from './terminal-states.ts'
import type { Happening } from './terminal.ts'
import { uuidV7 } from './uuid-v7.ts'

export type NewEntry = Omit<Entry, 'position'>

/**
 * Gives the event its number, unless it can't be sent at all.
 * @param state of its terminal; the number and what was reported are written into it.
 * @param now UTC milliseconds.
 */
export function enter(happening: Happening, state: TerminalState, now: number): { receipt: Receipt; entry?: NewEntry } {
  const { terminal, type, data } = happening
  const { source } = terminal
  try {
    const { id = uuidV7(now), time = now } = happening
    const sequence = state.sequence + 1
    const body = eventText({ id, source, type, time: Number(time), sequence, data })
    state.sequence = sequence
    const isReport = type === 'tillsight.terminal.reported'
    if (isReport) state.reported = withReport(state.reported, data)
    const reported = isReport ? JSON.stringify(state.reported) : null
    const entry = { body, source, sequence, reporter: isReport ? source : null, reported }
    return { receipt: { recorded: true, durable: true, id, sequence }, entry }
  } catch (error) {
    if (error instanceof RecordError) return { receipt: { recorded: false, error } }
    const notJson = new RecordError('not_json', 'what was passed is no event', { cause: error })
    return { receipt: { recorded: false, error: notJson } }
  }
}
