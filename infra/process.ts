/** A server as this process's own: it ends with 0 on SIGTERM or SIGINT, once what was in hand is committed and answered. */

import type { Config } from '@tillsight/shared/config.ts'
import { startServer, type Listener, type RunningServer } from './server.ts'

/** Made by `npm run build`, so there is nothing to read its types from. */
const dashboard = new URL('../apps/dashboard/build/handler.js', import.meta.url)

export async function runUntilStopped(config: Config): Promise<RunningServer> {
  const { handler } = (await import(dashboard.href)) as { handler: Listener }
  const server = await startServer(config, handler)
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
