/** The log: a line of JSON for each thing that somebody should know of, on stderr. No key, no payload, no query's parameters. */

import pino from 'pino'

const stderr = pino.destination({ fd: 2, sync: true })
// It may be a file on the very disk that is full: the log must not end what it tells of.
stderr.on('error', () => {})

export const log = pino(
  {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { error: described },
  },
  stderr,
)

const longestMessage = 500

/** Of an error, what tells it apart and where it was thrown. Its other properties may hold what somebody sent. */
function described(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, longestMessage) }
  return {
    name: error.name,
    ...('code' in error ? { code: error.code } : {}),
    message: error.message.slice(0, longestMessage),
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
    ...(error.cause === undefined ? {} : { cause: described(error.cause) }),
  }
}
