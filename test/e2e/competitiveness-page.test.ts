/** A shop beside its peers, in a real browser: figures as the brute-force reading has them, and none where the rule forbids. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { judgeCompetitiveness } from '../judge/competitiveness.ts'
import { eventsOf, type Deed } from '../judge/deeds.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { obstaclesOn, percent, tableBehind } from '../support/owner.ts'
import { signedIn } from '../support/session.ts'

const day = 24 * 3_600_000
const numberOf = (shop: number) => `8985840581200${String(shop).padStart(2, '0')}`
const [ours, ...theirs] = Array.from({ length: 7 }, (_, shop) => numberOf(shop)) as [string, ...string[]]
/** Of another city, with nobody beside it. */
const alone = numberOf(50)

let house: House
let browser: Browser
const keys = new Map<string, string>()
let events: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const merchantNo of [ours, ...theirs, alone]) {
    await register(house, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
  }
  const record = { name: 'Alone', providerId: 'p1', mcc: '5812', region: '110101', timeZone: 'Asia/Shanghai' }
  await house.json('PUT', `/api/v1/merchants/${alone}`, { body: record })
  await house.json('PUT', '/api/v1/providers/p1', { body: { name: 'P', sharedTokens: true } })
  for (const merchantNo of [ours, alone]) keys.set(merchantNo, await keyFor(house, { role: 'merchant', merchantNo }))
  events = street(Date.now())
  await post(house, events)
  // What is said of others may lag behind what they posted.
  const since = Date.now()
  const { rollup } = providedStores().events
  await vi.waitFor(() => expect(rollup.rolledTo).toBeGreaterThanOrEqual(since), { timeout: 40_000, interval: 50 })
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

/** Five weeks of trade. Here more are refused than next door, and half of those who leave buy next door within the hour. */
function street(now: number): WireEvent[] {
  let checkouts = 0
  const did = (merchantNo: string, deed: Deed, time: number, token: string): WireEvent[] => {
    checkouts += 1
    const source = `urn:terminal:${merchantNo}:10000001`
    return eventsOf(deed, { source, checkoutId: `c${checkouts}`, time, amount: 3_000 + checkouts, token })
  }
  const days = Array.from({ length: 35 }, (_, i) => now - (i + 1) * day)
  return days.flatMap((time, i) => [
    ...theirs.flatMap((shop, n) => [
      ...did(shop, n < 3 || i % 2 === 0 ? 'approved' : 'recoveredOther', time, `customer-${(i + n) % 15}`),
      ...did(shop, i % 6 === n ? 'abandoned' : 'approved', time + 1_000, `other-${(i * 7 + n) % 20}`),
    ]),
    ...did(ours, i % 3 === 0 ? 'approved' : 'recoveredOther', time, `kept-${i % 12}`),
    ...did(ours, 'abandoned', time + 60_000, `left-${i}`),
    ...(i % 2 === 0 ? did(theirs[i % 6] ?? '', 'sale', time + 3_600_000, `left-${i}`) : []),
    ...did(alone, 'abandoned', time, `lonely-${i}`),
  ])
}

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

function judged(merchantNo: string, days = 90, until = 0) {
  const now = Date.now()
  const record = (number: string, region = '440106') => ({
    ...{ merchantNo: number, providerId: 'p1', mcc: '5812', region, timeZone: 'Asia/Shanghai' },
  })
  return judgeCompetitiveness({
    merchantNo,
    merchants: [...[ours, ...theirs].map((number) => record(number)), record(alone, '110101')],
    providers: [{ providerId: 'p1', sharedTokens: true }],
    ...{ events, ownCodes: [], now },
    ...{ from: localDay(now - (until + days - 1) * day), to: localDay(now - until * day) },
  })
}

const address = (merchantNo = ours, query = '') => `${house.url}/m/${merchantNo}/competitiveness${query}`
const keyOf = (merchantNo: string) => keys.get(merchantNo) ?? ''
const cell = (share: number | null) => (share === null ? '–' : percent(share))

test('the page says what the brute-force reading of all shops’ events says, over the whole weeks it names', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours))
  await page.goto(address())
  const expected = judged(ours)
  expect(expected.peers).toEqual({ merchants: 6, suppressed: false, rule: null })
  const rows = await tableBehind(page.getByRole('region', { name: '三项和同行比' }))
  const three = [expected.acceptance, expected.retention, expected.returnRatio]
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    three.map(({ own, peerLow, peerMedian, peerHigh, percentile }) =>
      [own, peerLow, peerMedian, peerHigh, percentile === null ? null : percentile / 100].map(cell),
    ),
  )
  const place = await page.getByRole('region', { name: '综合得分' }).innerText()
  expect(place).toContain(String(Math.round(expected.index.value ?? 0)))
  expect(place).toContain(`${expected.weeks.length} 个完整的星期`)
  expect(place).toContain('6 家')
  await context.close()
})

test('beside each figure stands what the same question answers of the period before, where that may be shown', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours))
  const [expected, before] = [judged(ours, 15, 3), judged(ours, 15, 18)]
  expect([expected.peers.rule, before.peers.rule]).toEqual([null, null])
  const range = `from=${localDay(Date.now() - 17 * day)}&to=${localDay(Date.now() - 3 * day)}`
  await page.goto(address(ours, `?${range}`))
  const panel = page.getByRole('region', { name: '三项和同行比' })
  const rows = await tableBehind(panel)
  const three = [before.acceptance, before.retention, before.returnRatio]
  expect(rows.map((row) => row.slice(-2))).toEqual(three.map(({ own, peerMedian }) => [own, peerMedian].map(cell)))
  expect(await panel.locator('li[data-term="acceptance"]').innerText()).toContain(
    `前一段：本店 ${cell(before.acceptance.own)}，同行中间 ${cell(before.acceptance.peerMedian)}`,
  )
  const place = await page.getByRole('region', { name: '综合得分' }).innerText()
  expect(place).toContain(`前一段是 ${Math.round(before.index.value ?? 0)} 分`)

  await page.goto(address(ours, `?${range}&compare=none`))
  expect(await page.locator('main').innerText()).not.toContain('前一段是')
  expect(await panel.innerText()).not.toContain('前一段')
  await context.close()
})

test('a period before that may not be shown is not shown, and it is said so', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours))
  await page.goto(address())
  expect(judged(ours, 90, 90).peers.rule).toBe('too_few_merchants')
  expect(await page.getByText('前一段还不能和同行比').isVisible()).toBe(true)
  expect(await page.getByRole('region', { name: '三项和同行比' }).innerText()).not.toContain('前一段')
  await context.close()
})

test('customers are said to go next door where the interval says so', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours))
  await page.goto(address())
  const { value, low, high } = judged(ours).diversion
  expect(low).toBeGreaterThan(0)
  const panel = page.getByRole('region', { name: '走掉的客人去了同行吗' })
  expect(await panel.getByText('是。走掉的客人').isVisible()).toBe(true)
  expect((await tableBehind(panel))[0]?.slice(1)).toEqual([value, low, high].map(cell))
  await context.close()
})

test('the overview says so first, and leads to where it is told', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours), { viewport: phone })
  await page.goto(`${house.url}/m/${ours}`)
  const card = page.getByRole('region', { name: '他们去哪了' })
  const box = await card.boundingBox()
  await card.getByText('有的转身去了同行').waitFor()
  const { value, low } = judged(ours, 30).diversion
  expect(low).toBeGreaterThan(0)
  expect(await card.innerText()).toContain(`多 ${percent(value ?? 0).replace('%', '')} 个百分点`)
  expect(await card.boundingBox()).toEqual(box)
  await card.getByRole('link').click()
  await page.getByText('是。走掉的客人').waitFor()
  await context.close()
})

test('the overview says what it knows where the peers say nothing, and without script', async () => {
  for (const [merchantNo, javaScriptEnabled] of [
    [alone, true],
    [ours, false],
  ] as const) {
    const { page, context } = await signedIn(browser, house.url, keyOf(merchantNo), { javaScriptEnabled })
    const asked = javaScriptEnabled ? page.waitForResponse('**/competitiveness/figures?*') : null
    await page.goto(`${house.url}/m/${merchantNo}`)
    await (await asked)?.finished()
    const card = page.getByRole('region', { name: '他们去哪了' })
    expect(await card.getByText('空手走了').first().isVisible()).toBe(true)
    expect(await card.innerText()).not.toContain('同行买')
    await context.close()
  }
})

test('where the rule forbids it there is a sentence, and no figure of a peer', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(alone), { viewport: phone })
  await page.goto(address(alone))
  expect(judged(alone).peers.rule).toBe('too_few_merchants')
  expect(await page.getByText('不到 5 家。店太少').isVisible()).toBe(true)
  const rows = await tableBehind(page.getByRole('region', { name: '本店的三项数字' }))
  expect(rows.map(([, own]) => own)).toEqual(
    (['acceptance', 'retention', 'returnRatio'] as const).map((term) => cell(judged(alone)[term].own)),
  )
  expect(new Set(rows.flatMap(([, , ...peers]) => peers))).toEqual(new Set(['–']))
  expect(await page.locator('.strip .band, .strip .tick').count()).toBe(0)
  await context.close()
})

test('a range without a whole week leads to one that has some', async () => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours), { viewport: phone })
  const today = localDay(Date.now())
  await page.goto(address(ours, `?from=${today}&to=${today}`))
  expect(await page.getByText('选的日子里没有这样的星期').isVisible()).toBe(true)
  await page.getByRole('link', { name: '看最近 90 天' }).click()
  await page.getByText('综合得分').waitFor()
  expect(await page.getByRole('link', { name: '近90天' }).getAttribute('aria-current')).toBe('true')
  await context.close()
})

test.each(looks)('the page can be read by everybody: $name', async (look) => {
  const { page, context } = await signedIn(browser, house.url, keyOf(ours), look)
  expect(await obstaclesOn(page, address())).toEqual([])
  await context.close()
})
