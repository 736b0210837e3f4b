/**
 * Remembers what a store said until something is inserted: every page asks for the same few facts of its merchant, and an open one
 * again and again. Only where this process hears of every insert.
 */

import type { EventReader } from './connect.ts'

/** @returns gives what is remembered of what was asked, else asks. */
export function untilInsert<T>(): (reader: EventReader, asked: string, ask: () => Promise<T>) => Promise<T> {
  const remembered = new WeakMap<EventReader, { inserts: number; answers: Map<string, Promise<T>> }>()
  return (reader, asked, ask) => {
    const { inserts } = reader
    if (inserts === undefined) return ask()
    let known = remembered.get(reader)
    if (known?.inserts !== inserts) remembered.set(reader, (known = { inserts, answers: new Map() }))
    const { answers } = known
    let answer = answers.get(asked)
    if (answer === undefined) {
      answers.set(asked, (answer = ask()))
      answer.catch(() => answers.delete(asked))
    }
    return answer
  }
}
