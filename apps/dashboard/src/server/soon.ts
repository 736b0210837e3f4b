/** Nobody looks at an empty page for long: it is shown without what takes longer, and comes back for that. */

import { setTimeout as pause } from 'node:timers/promises'

/**
 * How long a browser that has nothing to show is kept waiting. A shop's figures take a tenth of it, and charts that the server
 * has drawn are worth it on a phone. A large provider's take seconds: its page is better there meanwhile.
 */
export const emptyFor = { merchantMs: 1_500, providerMs: 500 }
/** How long an answer waits for the page to come back. */
const keptForMs = 15_000

/** By who asked for what: still made, or made and not fetched. */
const late = new Map<string, Promise<unknown>>()

/**
 * What `make` gives. Where that takes long and the page can't wait, undefined: it is made all the same, for the next who asks.
 * @param key who asks for what.
 * @param withinMs of `emptyFor`; undefined: the page can wait, it has something to show meanwhile.
 */
export async function soon<T>(
  key: string,
  make: () => Promise<T>,
  withinMs: number | undefined,
): Promise<T | undefined> {
  const made = (late.get(key) as Promise<T> | undefined) ?? make()
  late.delete(key)
  if (withinMs === undefined) return made
  const timeUp = new AbortController()
  const first = await Promise.race([
    made.then((value) => ({ value })),
    pause(withinMs, undefined, { signal: timeUp.signal, ref: false }).catch(() => undefined),
  ]).finally(() => timeUp.abort())
  if (first !== undefined) return first.value
  keep(key, made)
  return undefined
}

/** Resolves when it is made: who asks next finds it. */
export async function ready(key: string, make: () => Promise<unknown>): Promise<void> {
  const made = late.get(key) ?? make()
  keep(key, made)
  try {
    await made
  } catch (error) {
    late.delete(key)
    throw error
  }
}

function keep(key: string, made: Promise<unknown>): void {
  late.set(key, made)
  const forget = () => late.get(key) === made && late.delete(key)
  const forgetInTime = () => void setTimeout(forget, keptForMs).unref()
  made.then(forgetInTime, forgetInTime)
}
