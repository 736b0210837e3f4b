/** A server as this process's own: it ends with 0 on SIGTERM or SIGINT, once what was in hand is committed and answered. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Config } from '@tillsight/shared/config.ts'
import { log } from '@tillsight/shared/log.ts'
import { startServer, type RunningServer } from './server.ts'

export async function runUntilStopped(config: Config): Promise<RunningServer> {
  const server = await startServer(config, dashboard)
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Every time: npm passes on a signal that the terminal has sent already, and a second one must cut nothing off.
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      void server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ error }, 'it did not stop as it should')
          process.exit(1)
        },
      )
    })
  }
  return server
}
