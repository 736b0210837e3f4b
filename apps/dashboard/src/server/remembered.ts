/**
 * Remembers answers for a moment: turning a page of a long list, or sorting it otherwise, asks for the same figures again. Many
 * who ask at once share one answer.
 */
export function remembered<T>(forMs: number, most: number): (key: string, make: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { until: number; answer: Promise<T> }>()
  return (key, make) => {
    const known = kept.get(key)
    if (known !== undefined && Date.now() < known.until) return known.answer
    kept.delete(key)
    const answer = make()
    const entry = { until: Date.now() + forMs, answer }
    kept.set(key, entry)
    // What failed is asked for anew.
    answer.catch(() => kept.get(key) === entry && kept.delete(key))
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return answer
  }
}
