/** How long to wait before trying again. */

const baseMs = 1_000
const capMs = 5 * 60_000
/** With full jitter a wait may be none at all; a failing server is not to be asked in a loop. */
const floorMs = 100
/** A header that asks for more is a mistake, or not the ingest's. */
const longestRetryAfterMs = 60 * 60_000

/** Full jitter: anywhere up to a bound that doubles with each failure in a row (1 for the first), at most 5 minutes. */
export function backoffMs(failures: number, random: number): number {
  return Math.max(floorMs, random * Math.min(capMs, baseMs * 2 ** Math.min(failures, 20)))
}

/** Never earlier than asked, and not everybody at once. */
export function afterAskedMs(askedMs: number, failures: number, random: number): number {
  return Math.min(askedMs, longestRetryAfterMs) + backoffMs(failures, random)
}

/** A key that is refused is mended by people. */
export const slowlyMs = (random: number): number => capMs / 5 + (random * (capMs * 4)) / 5

/** `Retry-After` in milliseconds from `now`: seconds, or an HTTP date. Undefined where it is absent or unreadable. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  // Date.parse would take much that is no HTTP date.
  if (!/^[A-Za-z]{3,9},? .*GMT$|^[A-Za-z]{3} [A-Za-z]{3} [\d ]\d \d\d:\d\d:\d\d \d{4}$/.test(text)) return undefined
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
