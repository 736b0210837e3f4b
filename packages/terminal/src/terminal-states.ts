/** What is remembered of each terminal from one event to the next: its last number, and what it last reported. */

import { methodList } from './event-text.ts'
import type { Report } from './events.ts'

/** Everything a terminal has reported so far, later over earlier. */
export interface Reported {
  methods: Record<string, string>
  firmware?: string | undefined
  model?: string | undefined
  cause?: string | null | undefined
}

export interface TerminalState {
  sequence: number
  reported: Reported | undefined
}

export function withReport(reported: Reported | undefined, { methods, ...facts }: Report): Reported {
  const states = methodList(methods).map(({ method, state }) => [method, state] as const)
  return { ...reported, ...present(facts), methods: { ...reported?.methods, ...Object.fromEntries(states) } }
}

/** What of the report is news; undefined where nothing is. */
export function newsIn(report: Report, reported: Reported | undefined): Report | undefined {
  const methods = methodList(report.methods).filter(({ method, state }) => reported?.methods[method] !== state)
  const { methods: _known, ...facts } = report
  const changed = Object.entries(present(facts)).filter(([name, value]) => reported?.[name as keyof Reported] !== value)
  if (methods.length === 0 && changed.length === 0) return undefined
  return { ...Object.fromEntries(changed), methods } as Report
}

const present = (facts: object): object =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
