/** infra/standalone.ts for a working copy whose dashboard was never built: everything but the pages. */

import { runUntilStopped } from '@tillsight/infra/process.ts'
import { readConfig } from '@tillsight/shared/config.ts'

const server = await runUntilStopped(readConfig(), () =>
  Promise.resolve((_request, response) => response.writeHead(404).end()),
)
if (server.newOperatorKey !== undefined) {
  console.log(`Operator key, shown only this once: ${server.newOperatorKey}`)
}
console.log(`Tillsight is listening on ${server.url}`)
