/** infra/standalone.ts for a working copy whose dashboard was never built: everything but the pages. */

import { startServer } from '@tillsight/infra/server.ts'
import { readConfig } from '@tillsight/shared/config.ts'

const server = await startServer(readConfig(), () =>
  Promise.resolve((_request, response) => response.writeHead(404).end()),
)
process.once('SIGTERM', () => {
  void server.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
if (server.newOperatorKey !== undefined) {
  console.log(`Operator key, shown only this once: ${server.newOperatorKey}`)
}
console.log(`Tillsight is listening on ${server.url}`)
