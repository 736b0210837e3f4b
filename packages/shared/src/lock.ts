/** One process for each data directory: PGlite does not look whether another has its files open, and both would write. */

import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/**
 * Held as a socket that Linux names without a file: it is gone with the process, however that ends, so there is never a stale
 * lock to clear away. Elsewhere (a developer's machine) nothing is held.
 */
export async function lockDirectory(path: string): Promise<{ release(): void }> {
  if (process.platform !== 'linux') return { release() {} }
  const name = createHash('sha256')
    .update(await realpath(path))
    .digest('hex')
  const server = await new Promise<Server>((resolve, reject) => {
    const socket = createServer((connection) => connection.destroy())
    socket.once('error', () =>
      reject(new Error('DATA_DIR is in use by another process. Stop it first, or choose another directory.')),
    )
    socket.listen(`\0tillsight-${name}`, () => resolve(socket))
  })
  server.unref()
  return { release: () => server.close() }
}
