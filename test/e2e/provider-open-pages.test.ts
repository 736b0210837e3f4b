/** A provider's pages while somebody uses them: links lead to what they name, and a page that is left open stays true. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { signedIn } from '../support/session.ts'

/** Of no other test: what a fleet is like is remembered for half a minute. */
const providerId = 'open-pages'
const merchantNo = '898584058120001'
const [heard, never] = ['10000001', '10000002']

let house: House
let browser: Browser
let key: string

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId, merchantNo, terminals: [heard, never] })
  key = await keyFor(house, { role: 'provider', providerId })
  for (let i = 0; i < 6; i += 1) await keyFor(house, { role: 'terminal', merchantNo, terminalNo: heard })
  await tell(3)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

let told = 0
const tell = (events: number) =>
  post(
    house,
    Array.from({ length: events }, () => {
      const id = `e${(told += 1)}`
      const code = { system: 'LOCAL', value: `OWN_${id}` }
      return {
        ...{ specversion: '1.0', id, source: `urn:terminal:${merchantNo}:${heard}` },
        ...{ type: 'tillsight.payment.declined', time: new Date(Date.now() - 60_000).toISOString() },
        data: { checkoutId: id, attempt: 1, amount: 1_000, method: 'HUABEI', code },
      }
    }),
  )

const distanceOf = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((element) => Math.abs(element.getBoundingClientRect().top))

test.each([
  { path: 'reasons', to: '#change' },
  { path: 'registry', to: '#keys' },
  { path: 'fleet', to: '#list' },
])('on $path, links to $to lead there, and keys go on from there', async ({ path, to }) => {
  const { page, context } = await signedIn(browser, house.url, key, { viewport: { ...phone, height: 300 } })
  await page.goto(`${house.url}/p/${providerId}/${path}`)
  expect(await distanceOf(page, to)).toBeGreaterThan(250)
  await page.locator(`main a[href$="${to}"]`).last().click()
  await page.waitForURL(`**${to}`)
  await expect.poll(() => distanceOf(page, to)).toBeLessThan(250)
  await page.keyboard.press('Tab')
  expect(await distanceOf(page, ':focus')).toBeLessThan(1_000)
  await context.close()
})

test('an address with a place in it opens there', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { viewport: { ...phone, height: 300 } })
  await page.goto(`${house.url}/p/${providerId}/reasons#change`)
  await expect.poll(() => distanceOf(page, '#change')).toBeLessThan(250)
  await context.close()
})

test('the fleet page is told anew each minute, and keeps its figures and says so when it can’t be', async () => {
  const { page, context, problems } = await signedIn(browser, house.url, key)
  await page.clock.install()
  await page.goto(`${house.url}/p/${providerId}/fleet`)
  const overview = page.getByRole('region', { name: '终端有没有在上报' })
  expect(await overview.innerText()).toContain('2 台中的 1 台')
  const note = () => overview.locator('.note').innerText()
  const aMinuteLater = async (): Promise<string> => {
    await page.clock.runFor(61_000)
    return note()
  }
  const before = await note()
  await expect.poll(aMinuteLater).not.toBe(before)
  expect(problems).toEqual([])

  const lost = page.getByText('连接断了')
  const isLostAfter = async (ms: number): Promise<boolean> => {
    await page.clock.runFor(ms)
    return lost.isVisible()
  }
  // Whenever it happens: also between two questions, or while one is asked.
  for (let round = 0; round < 5; round += 1) {
    const asked = page.clock.runFor(61_000)
    await context.setOffline(true)
    await asked
    await expect.poll(() => isLostAfter(61_000)).toBe(true)
    expect(await overview.innerText()).toContain('2 台中的 1 台')
    await context.setOffline(false)
    await expect.poll(() => isLostAfter(5_000)).toBe(false)
  }
  await context.close()
})

test('terminals that never said what they can do are not said to be stuck', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(`${house.url}/p/${providerId}`)
  const funnel = page.getByRole('region', { name: '花呗开通走到哪一步' })
  expect(await funnel.innerText()).toContain('另有 2 台从没报过能不能收花呗')
  expect(await funnel.innerText()).not.toContain('卡住')
  await context.close()
})

test('the way back to the list keeps the days', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(`${house.url}/m/${merchantNo}?from=2026-11-01&to=2026-11-10`)
  await page.getByRole('link', { name: '所有商户' }).click()
  await page.waitForURL(`**/p/${providerId}/merchants?from=2026-11-01&to=2026-11-10`)
  await context.close()
})
