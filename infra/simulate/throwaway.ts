/** A Tillsight that lives as long as the simulation that started it, in a process of its own so that both can be measured. */

import { readConfig } from '@tillsight/shared/config.ts'
import { runUntilStopped } from '../process.ts'
import type { ToTell, ToUse } from './house.ts'

const tell = (message: ToTell) => process.send?.(message)

process.once('message', ({ dataDir, adminKey }: ToUse) => {
  runUntilStopped({ ...readConfig(), dataDir, adminKey, clickhouseUrl: undefined, databaseUrl: undefined }).then(
    ({ url }) => tell({ url }),
    (error: unknown) => {
      tell({ failure: error instanceof Error ? error.message : String(error) })
      process.disconnect()
    },
  )
})
// Whoever started it is gone, or has had enough.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
