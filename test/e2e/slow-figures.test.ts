/** Figures that take long, as at a provider of 100,000 terminals: nobody looks at an empty page meanwhile. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { brokenRules } from '../support/readable.ts'
import { problemsOf, signedIn } from '../support/session.ts'

const merchantNo = '898584058120001'
const terminalNo = '10000001'

let house: House
let browser: Browser

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  const time = new Date().toISOString()
  const source = `urn:terminal:${merchantNo}:${terminalNo}`
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  const data = { checkoutId: 'c1', attempt: 1, amount: 1_000, method: 'HUABEI', code }
  await post(house, [{ specversion: '1.0', id: 'e1', source, type: 'tillsight.payment.declined', time, data }])
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

/** Keeps all readers of the store busy until what it gives is called. */
function held(): () => Promise<void> {
  const { events } = providedStores()
  const endless = sql`SELECT /* held */ sum(sleep(0.1)) FROM numbers(1000000) SETTINGS max_block_size = 1`
  const busy = Promise.allSettled([1, 2, 3].map(() => endless.execute(events.db)))
  const release = async () => {
    await events.execute(sql`KILL QUERY WHERE query LIKE 'SELECT /* held */%' ASYNC`)
    await busy
  }
  onTestFinished(release)
  return release
}

const working = (page: Page) => page.getByRole('status').getByText('正在算')
const visitor = (path: string) =>
  path.startsWith('/p/') ? { role: 'provider', providerId: 'p1' } : { role: 'merchant', merchantNo }

/** Of each page, what only its figures say. */
const asked = [
  { path: '/p/p1', shown: '花呗开通走到哪一步' },
  { path: '/p/p1/compatibility', shown: '升级哪个固件最划算' },
  { path: '/p/p1/merchants', shown: '各家商户流失多少' },
  { path: '/p/p1/reasons', shown: '拒付码和它们的含义' },
  { path: '/p/p1/fleet', shown: '终端有没有在上报' },
  { path: `/m/${merchantNo}`, shown: '花呗' },
]

test.each(asked)('$path says that it is working, and shows its figures by itself', async ({ path, shown }) => {
  const key = await keyFor(house, visitor(path))
  const { context } = await signedIn(browser, house.url, key, { viewport: phone })
  const page = await context.newPage()
  const problems = problemsOf(page)
  const release = held()
  await page.goto(house.url + path)
  const waits = working(page)
  expect(await waits.isVisible()).toBe(true)
  // Whose page it is, and the way to the others.
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^(?:Provider|Shop)/)
  expect(await page.locator('nav [data-page]').count()).toBeGreaterThan(1)
  await release()
  await waits.waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: shown }).first().waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(problems).toEqual([])
  await context.close()
})

// What a provider was shown before is remembered: each page here is one of its own.
test.each(['/p/p1?by=mcc', `/m/${merchantNo}`])(
  'the charts of %s are drawn by the server all the same',
  async (path) => {
    const { context } = await signedIn(browser, house.url, await keyFor(house, visitor(path)), { viewport: phone })
    const page = await context.newPage()
    const release = held()
    await page.goto(house.url + path)
    expect(await working(page).isVisible()).toBe(true)
    await release()
    await page.locator('.chart .still svg').first().waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    expect(await page.locator('.chart[data-alive]').count()).toBe(0)
    await context.close()
  },
)

test('a line that is lost while the figures are made leaves the page, and they come when it is there again', async () => {
  const { context } = await signedIn(browser, house.url, await keyFor(house, visitor('/p/p1')), { viewport: phone })
  const page = await context.newPage()
  const release = held()
  await page.goto(`${house.url}/p/p1?by=firmware`)
  expect(await working(page).isVisible()).toBe(true)
  // It lives: whose script never came is told nothing.
  await page.locator('#svelte-announcer').waitFor({ state: 'attached' })
  await context.setOffline(true)
  await release()
  await page.getByRole('alert').first().waitFor()
  expect(await page.locator('nav [data-page]').count()).toBeGreaterThan(1)
  await context.setOffline(false)
  await page.getByRole('heading', { name: '花呗开通走到哪一步' }).first().waitFor()
  await context.close()
})

test('what an address names is gone to when it is there', async () => {
  const { context } = await signedIn(browser, house.url, await keyFor(house, visitor('/p/p1')), { viewport: phone })
  const page = await context.newPage()
  const release = held()
  await page.goto(`${house.url}/p/p1/reasons#change`)
  expect(await working(page).isVisible()).toBe(true)
  await release()
  const change = page.locator('#change')
  await expect.poll(() => change.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(100)
  await context.close()
})

test.each(['/p/p1?by=city', '/p/p1/fleet'])('%s comes by itself without script too', async (path) => {
  const key = await keyFor(house, visitor(path))
  const { context } = await signedIn(browser, house.url, key, { javaScriptEnabled: false })
  const page = await context.newPage()
  const release = held()
  await page.goto(house.url + path)
  const waits = working(page)
  expect(await waits.isVisible()).toBe(true)
  await release()
  await waits.waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  await context.close()
})

test.each(looks)('what is seen meanwhile can be read by everybody: $name', async (look) => {
  const { context } = await signedIn(browser, house.url, await keyFor(house, visitor('/p/p1')), look)
  const page = await context.newPage()
  held()
  await page.goto(`${house.url}/p/p1/reasons`)
  await page
    .getByText(/正在算|Working it out/)
    .first()
    .waitFor()
  expect(await brokenRules(page)).toEqual([])
  await context.close()
})
