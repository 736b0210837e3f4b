/** Tells a store that is away, where trying again is the thing to do, from a fault of ours, where it is not. */

/** The store is there, and can't answer as it must for now. */
export class Away extends Error {}

const socketErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])

/**
 * PostgreSQL's own: the connection is lost (class 08), the server is stopping or starting (57P0x), or has no disk, memory or
 * connections left (class 53, 58030).
 */
const sqlState = /^(?:08...|53...|57P0.|58030)$/

/** What the clients say, where they give no code. */
const said = /timeout|connection terminated|client has encountered a connection error|socket hang up/i

export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof Away) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (socketErrors.has(code) || sqlState.test(code) || said.test(error.message)) return true
  if (error instanceof AggregateError) return error.errors.some(isAway)
  return isAway(error.cause)
}
