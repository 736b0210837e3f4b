/** A UUIDv7 (RFC 9562): sorts by the time it was made, `at` in UTC milliseconds. */
export function uuidV7(at: number): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}
