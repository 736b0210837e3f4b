/** What an acquirer does from the adoption page: whom to go to, and what to take away. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeAdoption } from '../judge/adoption.ts'
import { keyFor, post } from '../support/house.ts'
import { registerWorld } from '../truth/world.ts'
import { number, openFleet, tableOf, type OpenFleet } from './open-fleet.ts'
import { hour, localDay, merchants, providerId, terminals } from './provider-fleet.ts'

let fleet: OpenFleet
const now = Date.now()

beforeAll(async () => {
  fleet = await openFleet(now)
})
afterAll(() => fleet.close())

test('a version that two models have is shown as two firmwares', async () => {
  const { house, visit } = fleet
  const id = 'two-models'
  const merchantNo = '898584058129903'
  const [merchant] = merchants
  const [terminal] = terminals(now)
  if (merchant === undefined || terminal === undefined) throw new Error('no fleet')
  await registerWorld(house, {
    providers: [{ providerId: id, sharedTokens: false }],
    merchants: [{ ...merchant, merchantNo, providerId: id }],
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
  const its = await keyFor(house, { role: 'provider', providerId: id })
  const { page, context } = await visit(`/p/${id}?by=firmware`, {}, its)
  const groups = await tableOf(page, '按固件版本看开通情况')
  expect(groups.map(([group, count]) => [group, count])).toEqual([
    ['A1 · 1.0', '1'],
    ['B2 · 1.0', '1'],
  ])
  await context.close()
})

test('from a step of the funnel the way leads to the merchants that did not get there, and it says why', async () => {
  const from = localDay(now - 9 * 24 * hour)
  const { page, context } = await fleet.visit(`/p/${providerId}?from=${from}&to=${localDay(now)}&by=city`)
  const funnel = page.getByRole('region', { name: '花呗开通走到哪一步', exact: true })
  const step = funnel.getByRole('listitem').filter({ hasText: '软硬件支持' })
  const old = merchants.filter((_, shop) => shop % 4 === 0)
  expect(await step.innerText()).toContain('被拒多半因为：收银机太旧，用不了花呗')
  expect(await step.getByRole('link', { name: '看全部原因' }).getAttribute('href')).toBe(
    `/p/${providerId}/reasons?from=${from}&to=${localDay(now)}`,
  )
  await step.getByRole('link', { name: `机器做不了花呗 ${2 * old.length} 台` }).click()
  await page.waitForURL(`**/merchants?from=${from}&to=${localDay(now)}&has=notCapable`)
  const numbers = await page.locator('tbody th small:last-child').allInnerTexts()
  expect(numbers.sort()).toEqual(old.map(({ merchantNo }) => merchantNo))
  expect(await page.locator('.sums').innerText()).toContain(`「机器做不了花呗」的终端有 ${2 * old.length} 台`)
  await context.close()
})

test('what changed in seven days can be read as a table, and taken away', async () => {
  const { page, context } = await fleet.visit(`/p/${providerId}`)
  const changes = await tableOf(page, '这七天有什么变化')
  const judged = judgeAdoption(fleet.asked).days
  const openOn = (day: string): number =>
    judged.filter((each) => each.day === day).reduce((sum, { open }) => sum + open, 0)
  const [before, today] = [openOn(localDay(now - 7 * 24 * hour)), openOn(fleet.asked.to)]
  expect(changes).toHaveLength(6)
  expect(changes[0]?.slice(1).map(number)).toEqual([before, today, today - before])

  const panel = page.getByRole('region', { name: '这七天有什么变化', exact: true })
  await panel.getByText('下载').first().click()
  const waiting = page.waitForEvent('download')
  await panel.getByRole('button', { name: 'CSV' }).click()
  const file = await waiting
  const csv = await (await file.createReadStream()).setEncoding('utf8').toArray()
  expect(csv.join('').trim().split('\r\n')).toHaveLength(1 + changes.length)
  await context.close()
})

test.each([
  { path: `/p/${providerId}`, title: `Provider ${providerId} · 开通进度` },
  { path: `/m/${merchants[0]?.merchantNo}/causes`, title: `Shop ${merchants[0]?.merchantNo} · 原因` },
])('printed, $path says whose page it is and which, as the title of its tab does', async ({ path, title }) => {
  const { page, context } = await fleet.visit(path)
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('h1').innerText()).toBe(title)
  expect(await page.title()).toBe(title)
  await context.close()
})
