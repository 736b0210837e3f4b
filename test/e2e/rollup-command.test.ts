/** `npm run rollup` as somebody types it, on a data directory that a server has left. */

import { connectEmbedded } from '@tillsight/shared/store/connect.ts'
import { sql } from 'kysely'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { declined, merchantNo } from '../judge/till.ts'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, post, register } from '../support/house.ts'
import { startProcess, startServerProcess } from '../support/process.ts'

const command = join(import.meta.dirname, '../../infra/roll-up.ts')
const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=2026-11-03&to=2026-11-03`

interface Figures {
  asOf?: string
  totals: { attempted: { checkouts: number } }
}

test('rolls up what the log holds, says so, and mends what was kept wrongly', async () => {
  const DATA_DIR = await newDataDir()
  try {
    const server = await startServerProcess({ DATA_DIR, ADMIN_KEY: adminKey })
    await register(server, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
    await post(server, [declined(), declined({ checkoutId: 'c2' })])
    const { asOf: _before, ...before } = await server.json<Figures>('GET', path)
    await server.kill('SIGTERM')
    expect(before.totals.attempted.checkouts).toBe(2)

    // Something that the rollup should not hold.
    const store = await connectEmbedded(join(DATA_DIR, 'clickhouse'))
    await store.execute(sql`
      INSERT INTO rolled_checkouts (merchantNo, day, rolledTo) SELECT ${merchantNo}, toDate('2026-11-03'), ${Date.now()}`)
    await store.execute(sql`INSERT INTO rollup_progress SELECT 0, ${Date.now()}`)
    await store.close()
    const wrong = await startServerProcess({ DATA_DIR })
    expect((await wrong.json<Figures>('GET', path)).totals.attempted.checkouts).toBe(0)
    await wrong.kill('SIGTERM')

    const run = await startProcess(command, [], { DATA_DIR }, /Rolled up (\d+) days of 1 merchants/)
    expect(await run.exited).toEqual({ code: 0, signal: null })
    expect(run.output()).toContain('100 % rolled up')

    const mended = await startServerProcess({ DATA_DIR })
    const { asOf: _after, ...after } = await mended.json<Figures>('GET', path)
    await mended.kill('SIGTERM')
    expect(after).toEqual(before)
  } finally {
    await rm(DATA_DIR, { recursive: true, force: true })
  }
})
