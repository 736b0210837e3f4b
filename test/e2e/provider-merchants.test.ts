/** The list of an acquirer's merchants: what it says where figures are not known, and the way from it and back. */

import { yuan } from '@tillsight/dashboard/src/lib/format.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeMerchants } from '../judge/provider-pages.ts'
import { adminKey } from '../support/house.ts'
import { openFleet, type OpenFleet } from './open-fleet.ts'
import { hour, localDay, merchantNos, providerId } from './provider-fleet.ts'

let fleet: OpenFleet
const now = Date.now()
const list = `/p/${providerId}/merchants`
const week = `from=${localDay(now - 6 * 24 * hour)}&to=${localDay(now)}`

beforeAll(async () => {
  fleet = await openFleet(now)
})
afterAll(() => fleet.close())

const sums = (page: Page): Promise<string> => page.locator('.sums').innerText()

test('the sum says how much of it is not known, and for how many merchants', async () => {
  const { page, context } = await fleet.visit(list)
  const judged = judgeMerchants(fleet.asked)
  const high = judged.reduce((sum, merchant) => sum + merchant.high, 0)
  expect(await sums(page)).toContain(`其中 2 家有些单结果不明，净流失最多 ${yuan(high, 'zh')}`)
  await page.goto(`${fleet.house.url}${list}?q=${merchantNos[0]}`)
  expect(await sums(page)).not.toContain('结果不明')
  await context.close()
})

test('a change that nobody knows is not said to be none', async () => {
  const { page, context } = await fleet.visit(`${list}?${week}`)
  const judged = judgeMerchants({ ...fleet.asked, from: localDay(now - 6 * 24 * hour) })
  const unknown = judged.filter(({ change }) => change === 'unknown').map(({ merchantNo }) => merchantNo)
  expect(unknown).toContain(merchantNos[28])
  const rows = page.locator('tbody tr').filter({ has: page.locator('td:nth-child(3)', { hasText: '说不准' }) })
  expect((await rows.locator('th small:last-child').allInnerTexts()).sort()).toEqual(unknown.sort())
  await context.close()
})

test('the list is sorted by cause at a tap', async () => {
  const { page, context } = await fleet.visit(list)
  await page.getByRole('columnheader').getByRole('link', { name: '主要原因' }).click()
  await page.waitForURL('**sort=cause**')
  const causes = async () => (await page.locator('tbody td:nth-child(5)').allInnerTexts()).map((text) => text.trim())
  await expect.poll(async () => new Set(await causes()).size).toBeGreaterThan(1)
  const seen = await causes()
  expect(seen.filter((cause, i) => cause !== seen[i - 1])).toHaveLength(new Set(seen).size)
  await context.close()
})

test.each([true, false])(
  'the way back leads to the list as it was left, on the days of now (script: %s)',
  async (script) => {
    const { page, context } = await fleet.visit(`${list}?cause=LEGACY_INCOMPATIBLE&sort=name&order=desc`, {
      javaScriptEnabled: script,
    })
    await page.locator('tbody th a').first().click()
    await page.waitForURL('**/m/**')
    await page.getByRole('link', { name: '近7天' }).click()
    await page.waitForURL('**from=**')
    await page.getByRole('navigation').getByRole('link', { name: '少卖明细' }).click()
    await page.waitForURL('**/lost-sales**')
    await page.getByRole('link', { name: '所有商户' }).click()
    await page.waitForURL(`**${list}?**`)
    expect([...new URL(page.url()).searchParams].sort()).toEqual(
      [...new URLSearchParams(`cause=LEGACY_INCOMPATIBLE&sort=name&order=desc&${week}`)].sort(),
    )
    await context.close()
  },
)

test('an operator comes back to the provider’s list, not to all providers', async () => {
  const { page, context } = await fleet.visit(list, {}, adminKey)
  await page.locator('tbody th a').first().click()
  await page.waitForURL('**/m/**')
  await page.getByRole('link', { name: '所有商户' }).click()
  await page.waitForURL(`**${list}`)
  await context.close()
})

test('a way back that leads off the site is not offered', async () => {
  const { page, context } = await fleet.visit(`/m/${merchantNos[0]}?back=//elsewhere.example/`)
  expect(await page.getByRole('link', { name: '所有商户' }).getAttribute('href')).toBe(list)
  await context.close()
})
