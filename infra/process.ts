/** A server as this process's own: it ends with 0 on SIGTERM or SIGINT, once what was in hand is committed and answered. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Config } from '@tillsight/shared/config.ts'
import { startServer, type RunningServer } from './server.ts'

export async function runUntilStopped(config: Config): Promise<RunningServer> {
  const server = await startServer(config, dashboard)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  }
  return server
}
