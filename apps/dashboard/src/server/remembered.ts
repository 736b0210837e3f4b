import type { EventStore } from '@tillsight/shared/store/connect.ts'

type Remember<T> = (of: EventStore, asked: string, ask: () => Promise<T>) => Promise<T>

interface Kept<T> {
  /** Not known before the answer has come. */
  until: number
  answer: Promise<T>
}

/**
 * Remembers what a store answered for a moment: turning a page of a long list, or sorting it otherwise, asks for the same figures
 * again. Many who ask at once share one answer.
 */
export function remembered<T>(forMs: number, most: number): Remember<T> {
  const stores = new WeakMap<EventStore, Map<string, Kept<T>>>()
  return (of, asked, ask) => {
    const kept = stores.get(of) ?? new Map<string, Kept<T>>()
    stores.set(of, kept)
    const known = kept.get(asked)
    if (known !== undefined && Date.now() < known.until) return known.answer
    kept.delete(asked)
    const entry = { until: Infinity, answer: ask() }
    kept.set(asked, entry)
    entry.answer.then(
      () => (entry.until = Date.now() + forMs),
      // What failed is asked for anew.
      () => kept.get(asked) === entry && kept.delete(asked),
    )
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return entry.answer
  }
}

/** With what a provider's figures may lag, less than the minute that they may be old (contract section 7). */
export const whileMany = { forMs: 15_000, most: 8 }
