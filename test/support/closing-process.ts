/** A store that is closed while all of its readers are busy and one more statement waits for them. */

import { connectEmbedded } from '@tillsight/shared/store/connect.ts'
import { sql } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'

const [path = ''] = process.argv.slice(2)
const store = await connectEmbedded(path)
const long = sql`SELECT max(sipHash64(number)) FROM numbers(30000000) SETTINGS max_threads = 1`
const busy = [1, 2, 3, 4].map(() => long.execute(store.db))
await pause(100)
const closed = store.close()
const late = await long.execute(store.db).catch((error: unknown) => String(error))
await closed
await Promise.all(busy)
console.log('closed', late)
