/** What the compatibility page says of firmwares where few days are shown, and of models that never took Huabei. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeFirmwares } from '../judge/provider-pages.ts'
import { number, openFleet, tableOf, type OpenFleet } from './open-fleet.ts'
import { beganDaysAgo, hour, localDay, providerId } from './provider-fleet.ts'

let fleet: OpenFleet
const now = Date.now()
const dayAgo = (days: number): string => localDay(now - days * 24 * hour)

beforeAll(async () => {
  fleet = await openFleet(now)
})
afterAll(() => fleet.close())

test('a firmware that went bad before the days shown is named with the day, and all else is of these days', async () => {
  const range = { from: dayAgo(beganDaysAgo - 3), to: dayAgo(0) }
  const { page, context } = await fleet.visit(`/p/${providerId}/compatibility?from=${range.from}&to=${range.to}`)
  const alarms = await tableOf(page, '突然变差的固件')
  expect(alarms.map(([model, firmware, since]) => [model, firmware, since])).toEqual([
    ['K9', '3.1.0', localDay(now - beganDaysAgo * 24 * hour - 2 * hour)],
  ])
  const matrix = await tableOf(page, '各机型、各固件收花呗的情况')
  const judged = judgeFirmwares({ ...fleet.asked, ...range })
  expect(matrix.map(([model, firmware, checkouts]) => [model, firmware, number(checkouts)]).sort()).toEqual(
    judged.map(({ model, firmware, checkouts }) => [model, firmware, checkouts]).sort(),
  )
  await context.close()
})

test('before it went bad nothing is named', async () => {
  const { page, context } = await fleet.visit(
    `/p/${providerId}/compatibility?from=${dayAgo(beganDaysAgo + 5)}&to=${dayAgo(beganDaysAgo + 2)}`,
  )
  const alarms = page.getByRole('region', { name: '突然变差的固件', exact: true })
  expect(await alarms.innerText()).toContain('没有发现突然变差的固件')
  await context.close()
})
