/** `npm start`. */

import { readConfig } from '@tillsight/shared/config.ts'
import { runUntilStopped } from './process.ts'

const server = await runUntilStopped(readConfig())
if (server.newOperatorKey !== undefined) {
  console.log(`Operator key, shown only this once: ${server.newOperatorKey}`)
}
console.log(`Tillsight is listening on ${server.url}`)
