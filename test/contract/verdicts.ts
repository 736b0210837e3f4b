/** Many events judged in one request: a table of what is sent and what must be said of it. */

import { describe, expect, test } from 'vitest'
import type { House } from '../support/house.ts'
import { verdictOn, type Rejected } from './answers.ts'
import { withValueAt, type Event, type Json } from './samples.ts'

type Expected = 'accepted' | readonly [code: string, pointer: string]

/** A text is sent as it is; a function is asked when the house stands. */
export type Case = readonly [what: string, event: Event | string | (() => Event), expected: Expected]

export function judgesAll(title: string, house: () => Pick<House, 'call'>, cases: readonly Case[]): void {
  describe(title, () => {
    const asked = new Map<number, Promise<Map<number, Rejected>>>()
    const perRequest = 500
    const ask = async (from: number): Promise<Map<number, Rejected>> => {
      const events = cases
        .slice(from, from + perRequest)
        .map(([, event]) => (typeof event === 'function' ? event() : event))
      const lines = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)))
      const { accepted, rejected } = await verdictOn(house(), lines)
      expect(accepted + rejected.length).toBe(lines.length)
      return new Map(rejected.map((refusal) => [refusal.index, refusal]))
    }
    test.each(cases.map(([what, , expected], i) => ({ what, expected, i })))(
      '$what: $expected',
      async ({ expected, i }) => {
        const from = i - (i % perRequest)
        if (!asked.has(from)) asked.set(from, ask(from))
        const refusal = (await asked.get(from))?.get(i - from)
        expect(refusal === undefined ? 'accepted' : [refusal.code, refusal.pointer]).toEqual(expected)
      },
    )
  })
}

const shown = (value: Json | undefined): string => {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 30)}… (${text.length})` : text
}

/** A field's values: those that fit, and those that do not with their code, and pointer where it is not the field's own. */
export interface Field {
  good?: readonly (Json | undefined)[]
  bad?: readonly (Json | undefined | { value: Json; code?: string; pointer?: string })[]
}

const isExplained = (bad: unknown): bad is { value: Json; code?: string; pointer?: string } =>
  typeof bad === 'object' && bad !== null && 'value' in bad && ('code' in bad || 'pointer' in bad)

/** One case for each value of the field at `pointer`, everything else about the event being valid. */
export function casesOf(event: Event, pointer: string, { good = [], bad = [] }: Field): Case[] {
  const one = (value: Json | undefined, expected: Expected): Case => [
    `${(event['type'] as string).slice(10)} ${pointer} ${shown(value)}`,
    withValueAt(event, pointer, value),
    expected,
  ]
  return [
    ...good.map((value) => one(value, 'accepted')),
    ...bad.map((wrong) => {
      if (!isExplained(wrong)) return one(wrong, ['invalid_event', pointer])
      return one(wrong.value, [wrong.code ?? 'invalid_event', pointer + (wrong.pointer ?? '')])
    }),
  ]
}
