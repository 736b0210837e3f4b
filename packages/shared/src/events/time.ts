/** RFC 3339 timestamps, "cut to the millisecond, stored as UTC". */

const pattern = /^\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** UTC milliseconds of an RFC 3339 timestamp with an offset, or undefined where it is not one. */
export function parseTime(text: string): number | undefined {
  if (!pattern.test(text)) return undefined
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const midnight = Date.UTC(digits(text, 0, 4), month - 1, day)
  const date = new Date(midnight)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const seconds = digits(text, 11, 2) * 3_600 + digits(text, 14, 2) * 60 + digits(text, 17, 2)
  return midnight + seconds * 1_000 + milliseconds(text) - offset(text)
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function digits(text: string, at: number, count: number): number {
  let number = 0
  for (let i = at; i < at + count; i++) number = number * 10 + text.charCodeAt(i) - 48
  return number
}

/** The first three digits of the fraction, where there is one. */
function milliseconds(text: string): number {
  if (text[19] !== '.') return 0
  let number = 0
  for (let i = 20; i < 23; i++) {
    const code = text.charCodeAt(i)
    // The fraction was shorter: what follows it counts as zeros.
    if (!isDigit(code)) return number * 10 ** (23 - i)
    number = number * 10 + code - 48
  }
  return number
}

function offset(text: string): number {
  const end = text.length
  if (!isDigit(text.charCodeAt(end - 1))) return 0
  const minutes = digits(text, end - 5, 2) * 60 + digits(text, end - 2, 2)
  return (text[end - 6] === '-' ? -minutes : minutes) * 60_000
}
