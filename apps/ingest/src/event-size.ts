/** How large an event may be (contract section 4): 16 KiB, measured as JSON without spaces, whatever form it came in. */
export const largestEvent = 16 * 1024

/** Whether a JSON value has more than `limit` bytes as JSON without spaces. */
export const isLargerThan = (limit: number, value: unknown): boolean =>
  mostBytes(value, deepest) > limit && bytesUpTo(limit, value) > limit

/** Deeper than any event; how deep a value is was the sender's choice. */
const deepest = 16

/** No fewer bytes than the value really has: cheap, and nearly always enough to know. A character is at most six, `\u001f`. */
function mostBytes(value: unknown, levels: number): number {
  if (typeof value === 'string') return value.length * 6 + 2
  if (typeof value !== 'object' || value === null) return 25
  if (levels === 0) return Infinity
  let bytes = 2
  // Apart, because reading a property by a name that is not known beforehand is what costs.
  for (const key of Object.keys(value)) bytes += key.length * 6 + 4
  for (const inner of Object.values(value)) bytes += mostBytes(inner, levels - 1)
  return bytes
}

/**
 * Counts exactly, and stops as soon as it is past the limit. Does not recurse: JSON.stringify gives up at a few thousand
 * levels.
 */
function bytesUpTo(limit: number, value: unknown): number {
  const rest = [value]
  let bytes = 0
  while (rest.length > 0 && bytes <= limit) {
    const next = rest.pop()
    if (Array.isArray(next)) {
      bytes += Math.max(2, next.length + 1)
      for (const inner of next as unknown[]) rest.push(inner)
    } else if (typeof next === 'object' && next !== null) {
      const fields = Object.entries(next)
      bytes += Math.max(2, fields.length * 2 + 1)
      for (const [key, inner] of fields) rest.push(key, inner)
    } else {
      bytes += Buffer.byteLength(JSON.stringify(next))
    }
  }
  return bytes
}
