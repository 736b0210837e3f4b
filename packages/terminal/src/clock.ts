/** The time, chance and waiting that the client lives by. Tests bring their own. */

export interface Clock {
  /** UTC milliseconds. */
  now(): number
  /** 0 to 1, 1 excluded. */
  random(): number
  /** Runs it once after so many milliseconds, unless what is given back is called first. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer: NodeJS.Timeout | number = setTimeout(run, ms)
    // A till may end without closing: what is queued is on disk, so waiting keeps no process alive. (A browser's is a number.)
    if (typeof timer === 'object') timer.unref()
    return () => clearTimeout(timer)
  },
}
