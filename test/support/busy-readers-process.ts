/** A store all of whose readers and whose worker are busy for ever, in a process set up as the server is, that then inserts. */

import '@tillsight/infra/thread-pool.ts'
import { connectEmbedded } from '@tillsight/shared/store/connect.ts'
import { sql } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'

const [path = ''] = process.argv.slice(2)
const store = await connectEmbedded(path)
const endless = sql`SELECT max(sipHash64(number)) FROM numbers(1000000000000)`
const busy = [1, 2, 3].map(() => endless.execute(store.db))
void Promise.all([...busy, store.execute(sql`INSERT INTO rollup_progress SELECT 0, 1 FROM (${endless})`)])
console.log('busy')
// The first may still come before them.
for (let i = 0; i < 5; i += 1) {
  await pause(100)
  await store.insert('readiness', [{ probe: 1, checkedAt: Date.now() }])
}
console.log('inserted')
