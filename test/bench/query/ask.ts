/** Questions one at a time, in turn, so that whatever else the machine does falls on all of them. */

export interface Question {
  name: string
  /** Of so many rounds, it is asked in one. */
  every: number
  ask: () => Promise<unknown>
}

export interface Times {
  p50: number
  p95: number
  count: number
}

const warmUps = 3

export async function timesOf(questions: readonly Question[], rounds: number): Promise<Map<string, Times>> {
  const taken = new Map(questions.map(({ name }) => [name, [] as number[]]))
  for (let round = -Math.min(warmUps, rounds); round < rounds; round += 1) {
    for (const { name, every, ask } of questions) {
      if (round >= 0 && round % every !== 0) continue
      const start = performance.now()
      await ask()
      if (round >= 0) taken.get(name)?.push(performance.now() - start)
    }
  }
  return new Map(
    [...taken].map(([name, ms]) => [name, { p50: quantile(ms, 0.5), p95: quantile(ms, 0.95), count: ms.length }]),
  )
}

/** The smallest that at least this share of them does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN
}
