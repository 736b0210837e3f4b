/**
 * Remembers answers for a moment: turning a page of a long list, or sorting it otherwise, asks for the same figures again. Many
 * who ask at once share one answer.
 */
export function remembered<T>(forMs: number, most: number): (key: string, make: () => Promise<T>) => Promise<T> {
  /** `until` is not known before the answer has come. */
  const kept = new Map<string, { until: number; answer: Promise<T> }>()
  return (key, make) => {
    const known = kept.get(key)
    if (known !== undefined && Date.now() < known.until) return known.answer
    kept.delete(key)
    const entry = { until: Infinity, answer: make() }
    kept.set(key, entry)
    entry.answer.then(
      () => (entry.until = Date.now() + forMs),
      // What failed is asked for anew.
      () => kept.get(key) === entry && kept.delete(key),
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
