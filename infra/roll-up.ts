/** `npm run rollup`: derives every merchant-day from the event log again, and replaces what was kept of it. */

import './thread-pool.ts'
import { readConfig } from '@tillsight/shared/config.ts'
import { roll } from '@tillsight/shared/rollup/roll.ts'
import { everyDay } from '@tillsight/shared/rollup/touched.ts'
import { openStores } from '@tillsight/shared/stores.ts'
import { everyMs, say, show } from './display.ts'

const stores = await openStores(readConfig())
const { events } = stores
try {
  // Servers that take events meanwhile go on rolling up what is touched, and carry over what they find of a day: what is derived
  // here has to be newer than that. What was received later is theirs.
  const rolledTo = () => Date.now() - events.rollup.settlesWithinMs
  const touched = await everyDay(events)
  const merchantDays = [...touched.values()].reduce((sum, { days }) => sum + days.length, 0)
  const started = Date.now()
  let shownAt = 0
  await roll(events, touched, rolledTo, {
    onBatch(done, of) {
      if (Date.now() - shownAt < everyMs && done < of) return
      shownAt = Date.now()
      const leftSeconds = Math.round(((shownAt - started) / done) * (of - done)) / 1000
      show(
        `${Math.floor((100 * done) / of)} % rolled up, ${done} of ${of} statements, about ${Math.round(leftSeconds)} s left`,
      )
    },
  })
  say(`Rolled up ${merchantDays} days of ${touched.size} merchants.`)
} finally {
  await stores.close()
}
