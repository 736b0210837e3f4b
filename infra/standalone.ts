/** `npm start`: the process. Ends with 0 on SIGTERM or SIGINT, once what was in hand is committed and answered. */

import { readConfig } from '@tillsight/shared/config.ts'
import { startServer, type Listener } from './server.ts'

/** Made by `npm run build`, so there is nothing to read its types from. */
const dashboard = new URL('../apps/dashboard/build/handler.js', import.meta.url)
const { handler } = (await import(dashboard.href)) as { handler: Listener }

const server = await startServer(readConfig(), handler)
if (server.newOperatorKey !== undefined) {
  console.log(`Operator key, shown only this once: ${server.newOperatorKey}`)
}
console.log(`Tillsight is listening on ${server.url}`)

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
