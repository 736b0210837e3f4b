/** How large an event may be (contract section 4): 16 KiB, measured as JSON without spaces, whatever form it came in. */
export const largestEvent = 16 * 1024

/**
 * Whether a JSON value has more than `limit` bytes as JSON without spaces. Stops as soon as that is certain, and does not
 * recurse: how deep the value is was the sender's choice, and JSON.stringify gives up at a few thousand levels.
 */
export function isLargerThan(limit: number, value: unknown): boolean {
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
  return bytes > limit
}
