/** Who is lost, in a real browser: the shares and indices on the page are those of the brute-force reading. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeSegments, type Dimension } from '../judge/segments.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { fen, obstaclesOn, percent, tableBehind } from '../support/owner.ts'
import { signedIn } from '../support/session.ts'

const merchantNo = '898584058120001'
const quiet = '898584058120002'
const hour = 3_600_000

let house: House
let browser: Browser
let key: string
let events: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const shop of [merchantNo, quiet]) {
    await register(house, { providerId: 'p1', merchantNo: shop, terminals: ['10000001'] })
  }
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = lastWeeks(merchantNo, Date.now(), 300)
  await post(house, events)
  await post(house, lastWeeks(quiet, Date.now(), 12))
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const bands = ['18-24', '25-34', '35-44', '45-59'] as const

/** Young customers are refused three times in four, the others seldom; every tenth tells no age. */
function lastWeeks(shop: string, now: number, checkouts: number): WireEvent[] {
  return Array.from({ length: checkouts }, (_, i): WireEvent => {
    const band = bands[i % 4] ?? '18-24'
    const customer = i % 10 === 9 ? { returning: false } : { ageBand: band, returning: i % 3 === 0 }
    const refused = band === '18-24' ? i % 16 !== 0 : i % 7 === 0
    const data = { checkoutId: `c${i}`, attempt: 1, amount: 2_000 + (i % 9) * 4_100, customer }
    const common = { specversion: '1.0', id: `e${i}`, source: `urn:terminal:${shop}:10000001` }
    const time = new Date(now - 2 * 24 * hour - i * 1.3 * hour).toISOString()
    const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
    return refused
      ? { ...common, time, type: 'tillsight.payment.declined', data: { ...data, method: 'HUABEI', code } }
      : { ...common, time, type: 'tillsight.payment.succeeded', data: { ...data, method: 'WECHAT' } }
  })
}

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

function judged(by: Dimension) {
  const now = Date.now()
  const range = { from: localDay(now - 29 * 24 * hour), to: localDay(now) }
  return judgeSegments({ merchantNo, timeZone: 'Asia/Shanghai', events, ownCodes: [], now, ...range, by }).segments
}

const address = (by: Dimension, shop = merchantNo) => `${house.url}/m/${shop}/segments?by=${by}`
const times = (ratio: number) => ratio.toFixed(ratio < 1 ? 2 : 1)

test.each(['ageBand', 'returning', 'ticketBand', 'daypart', 'weekday'] as const)(
  'by %s the page says what the brute-force reading of the events says',
  async (by) => {
    const { page, context } = await signedIn(browser, house.url, key)
    await page.goto(address(by))
    const order = await page
      .locator('li[data-segment]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-segment')))
    const rows = await tableBehind(page.getByRole('region', { name: '来的人里占多少' }))
    const expected = judged(by)
    const all = expected.reduce((sum, segment) => sum + segment.all.checkouts, 0)
    const refused = expected.reduce((sum, segment) => sum + segment.unsupported.checkouts, 0)
    expect(refused).toBeGreaterThan(50)
    expect([...order].sort()).toEqual(expected.map(({ segment }) => segment).sort())
    for (const { segment, ...of } of expected) {
      const [, checkouts, ofAll, lostOf, ofRefused, lost, index, low, high] = rows[order.indexOf(segment)] ?? []
      expect([Number(checkouts), Number(lostOf)]).toEqual([of.all.checkouts, of.unsupported.checkouts])
      expect([ofAll, ofRefused]).toEqual([percent(of.all.checkouts / all), percent(of.unsupported.checkouts / refused)])
      expect(fen(lost ?? '')).toBe(of.netLost.amount)
      expect([index, low, high]).toEqual([of.index, of.indexLow, of.indexHigh].map((ratio) => times(ratio ?? 0)))
    }
    await context.close()
  },
)

test('the sentence names those who are surely lost more, and a link shows the same', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { viewport: phone })
  await page.goto(`${house.url}/m/${merchantNo}/segments`)
  const young = judged('ageBand').find(({ segment }) => segment === '18-24')
  expect(young?.indexLow).toBeGreaterThan(1)
  expect(await page.getByText('最突出').innerText()).toContain('18–24 岁')
  expect(await page.locator('li[data-segment="18-24"]').innerText()).toContain('偏多')
  expect(await page.locator('li[data-segment="unknown"]').innerText()).toContain('不比较')

  await page.getByRole('link', { name: '星期' }).click()
  await page.waitForURL('**/segments?by=weekday')
  const { index = null } = judged('weekday').find(({ indexLow }) => (indexLow ?? 0) > 1) ?? {}
  expect(await page.getByText(index === null ? '没看出' : '最突出').isVisible()).toBe(true)
  await context.close()
})

test('below twenty refused nobody is named, and it is said why', async () => {
  const { page, context } = await signedIn(
    browser,
    house.url,
    await keyFor(house, { role: 'merchant', merchantNo: quiet }),
  )
  await page.goto(address('ageBand', quiet))
  expect(await page.getByText('不满 20 单，还看不出谁更容易流失').isVisible()).toBe(true)
  expect(await page.locator('li[data-segment]:not(.unsure)').count()).toBe(0)
  await context.close()
})

test('figures and pictures are there before any script runs', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { javaScriptEnabled: false })
  await page.goto(address('ageBand'))
  expect(await page.locator('.chart svg').count()).toBe(2)
  expect(await page.getByText('最突出').isVisible()).toBe(true)
  await context.close()
})

test.each(looks)('the page can be read by everybody: $name', async (look) => {
  const { page, context } = await signedIn(browser, house.url, key, look)
  expect(await obstaclesOn(page, address('daypart'))).toEqual([])
  await context.close()
})
