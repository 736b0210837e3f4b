import { providedStores } from '@tillsight/shared/stores.ts'
import { sql } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openHouse } from '../support/house.ts'

/** As long as an answer is kept for others who ask. */
const keptMs = 250

test('a process is not ready from the moment on when its engine takes nothing, and is again when it does', async () => {
  const house = await openHouse()
  try {
    const { events } = providedStores()
    const said = async () => {
      await pause(keptMs + 50)
      return (await house.call('GET', '/readyz')).status
    }
    expect(await said()).toBe(200)
    await events.execute(sql`ALTER TABLE readiness ADD CONSTRAINT nothing CHECK checkedAt = 0`)
    expect(await said()).toBe(503)
    expect(await said()).toBe(503)
  } finally {
    await house.stop()
  }
})
