/** What the compatibility page says of firmwares where few days are shown, and of models that never took Huabei. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeFirmwares } from '../judge/provider-pages.ts'
import { keyFor, post } from '../support/house.ts'
import { registerWorld } from '../truth/world.ts'
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

test('a model none of whose firmwares takes Huabei is listed with its loss, and what to do instead of an upgrade', async () => {
  const { house, visit } = fleet
  const [id, model] = ['cannot', 'OLD-1']
  const shops = Array.from({ length: 5 }, (_, i) => `89858405812991${i}`)
  await registerWorld(house, {
    providers: [{ providerId: id, sharedTokens: false }],
    merchants: shops.map((merchantNo) => ({
      ...{ merchantNo, providerId: id, mcc: '5812', region: '440106', timeZone: 'Asia/Shanghai' },
    })),
    terminals: shops.map((merchantNo, i) => ({
      ...{ merchantNo, terminalNo: '10000001', model, firmware: i === 0 ? '1.0' : '1.1' },
    })),
    ownCodes: [],
  })
  await post(
    house,
    shops.flatMap((merchantNo) =>
      Array.from({ length: 10 }, (_, i) => refusedAndLeft(`${merchantNo}-${i}`, merchantNo)).flat(),
    ),
  )
  const its = await keyFor(house, { role: 'provider', providerId: id })
  const { page, context } = await visit(`/p/${id}/compatibility`, {}, its)
  const panel = page.getByRole('region', { name: '升级哪个固件最划算', exact: true })
  expect(await panel.innerText()).toMatch(/OLD-1\s*流失 ¥500\s*5 台终端、5 家商户；50 单花呗一单没成/)
  expect(await panel.innerText()).toContain('换终端')
  const [row, ...others] = await tableOf(page, '升级哪个固件最划算')
  expect(others).toEqual([])
  expect(row?.slice(0, 5)).toEqual([model, '1.0、1.1', '–', '5', '50'])
  expect(row).toContain('¥500.00')
  await context.close()
})

function refusedAndLeft(id: string, merchantNo: string): unknown[] {
  const event = (type: string, told: string, minutesAgo: number, data: object): unknown => ({
    ...{ specversion: '1.0', id: told, source: `urn:terminal:${merchantNo}:10000001`, type: `tillsight.${type}` },
    ...{ time: new Date(now - hour - minutesAgo * 60_000).toISOString(), data: { checkoutId: id, ...data } },
  })
  const code = { system: 'LOCAL', value: 'POS_FIRMWARE_TOO_OLD' }
  return [
    event('payment.declined', id, 2, { attempt: 1, amount: 1_000, method: 'HUABEI', code }),
    event('checkout.abandoned', `${id}-left`, 1, {}),
  ]
}
