/** What an acquirer does from the adoption page: whom to go to, and what to take away. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, post } from '../support/house.ts'
import { registerWorld } from '../truth/world.ts'
import { openFleet, tableOf, type OpenFleet } from './open-fleet.ts'
import { hour, merchants, terminals } from './provider-fleet.ts'

let fleet: OpenFleet
const now = Date.now()

beforeAll(async () => {
  fleet = await openFleet(now)
})
afterAll(() => fleet.close())

test('a version that two models have is shown as two firmwares', async () => {
  const { house, visit } = fleet
  const providerId = 'two-models'
  const merchantNo = '898584058129903'
  const [merchant] = merchants
  const [terminal] = terminals(now)
  if (merchant === undefined || terminal === undefined) throw new Error('no fleet')
  await registerWorld(house, {
    providers: [{ providerId, sharedTokens: false }],
    merchants: [{ ...merchant, merchantNo, providerId }],
    terminals: ['A1', 'B2'].map((model, i) => ({
      ...{ ...terminal, merchantNo, terminalNo: `1000000${i}`, model, firmware: '1.0' },
    })),
    ownCodes: [],
  })
  await post(house, [
    {
      ...{ specversion: '1.0', id: 'two-models-1', source: `urn:terminal:${merchantNo}:10000000` },
      ...{ type: 'tillsight.terminal.reported', time: new Date(now - hour).toISOString() },
      data: { methods: [{ method: 'HUABEI', state: 'open' }] },
    },
  ])
  const its = await keyFor(house, { role: 'provider', providerId })
  const { page, context } = await visit(`/p/${providerId}?by=firmware`, {}, its)
  const groups = await tableOf(page, '按固件版本看开通情况')
  expect(groups.map(([group, count]) => [group, count])).toEqual([
    ['A1 · 1.0', '1'],
    ['B2 · 1.0', '1'],
  ])
  await context.close()
})
