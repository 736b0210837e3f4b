/** A shop's tills in a real browser: those that are not heard first, what is wrong with each, and its part of the loss. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeBreakdown } from '../judge/breakdown.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { secretIn } from '@tillsight/dashboard/src/routes/tap/setup-link.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { ownersPage, scannedCode } from '../support/cashier.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { fen, obstaclesOn, percent, tableBehind } from '../support/owner.ts'
import { signedIn } from '../support/session.ts'

const merchantNo = '898584058120001'
/** Two tills, of which one refuses many. */
const busy = '898584058120002'
/** Its till is registered and has a key, and was never heard. */
const fresh = '898584058120003'
const [good, gaps, fast, silent, never, gone] = [1, 2, 3, 4, 5, 6].map((n) => `1000000${n}`) as [string, ...string[]]
const minute = 60_000
const day = 24 * 60 * minute

let house: House
let browser: Browser
let key: string
let events: WireEvent[]
let busyEvents: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  const terminals = [good, gaps, fast, silent, never, gone].map(String)
  await register(house, { providerId: 'p1', merchantNo, terminals })
  await house.json('PUT', `/api/v1/merchants/${merchantNo}/terminals/${gone}`, { body: { retiredOn: '2026-01-01' } })
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = trade(Date.now())
  await post(house, events)
  await register(house, { providerId: 'p1', merchantNo: busy, terminals: ['10000001', '10000002', '10000003'] })
  busyEvents = busyTrade(Date.now())
  await post(house, busyEvents)
  await register(house, { providerId: 'p1', merchantNo: fresh, terminals: ['10000001'] })
  await keyFor(house, { role: 'terminal', merchantNo: fresh, terminalNo: '10000001' })
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

let ids = 0
const event = (
  till: string | undefined,
  at: number,
  more: Pick<WireEvent, 'type' | 'data'>,
  shop = merchantNo,
): WireEvent => ({
  ...{ specversion: '1.0', id: `e${(ids += 1)}`, source: `urn:terminal:${shop}:${till ?? ''}` },
  time: new Date(at).toISOString(),
  ...more,
})
const refusal = (till: string | undefined, at: number, amount: number, shop = merchantNo): WireEvent[] => {
  const checkoutId = `c${(ids += 1)}`
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  const data = { checkoutId, attempt: 1, amount, method: 'HUABEI', code }
  return [
    event(till, at, { type: 'tillsight.payment.declined', data }, shop),
    event(till, at + minute, { type: 'tillsight.checkout.abandoned', data: { checkoutId } }, shop),
  ]
}
const report = (till: string | undefined, at: number, state: string, firmware?: string): WireEvent =>
  event(till, at, {
    type: 'tillsight.terminal.reported',
    data: { methods: [{ method: 'HUABEI', state }], ...(firmware === undefined ? {} : { firmware }) },
  })

const trade = (now: number): WireEvent[] => [
  ...refusal(good, now - 3 * day, 12_345),
  report(good, now, 'open', '9.9.9'),
  ...[1, 2, 5, 6].map((n) => ({ ...report(gaps, now, 'signed_not_open'), sequence: String(n) })),
  ...refusal(gaps, now - 2 * day, 4_000),
  report(fast, now + 4 * minute, 'not_capable'),
  report(silent, now - 40 * day, 'suspended'),
  ...refusal(gone, now - 5 * day, 7_777),
]

/** Ten days, and the ten before them: the first till loses the dearer the nearer to now, the second seldom, a third never. */
const busyTrade = (now: number): WireEvent[] =>
  Array.from({ length: 20 }, (_, daysBack) => {
    const at = (n: number) => now - daysBack * day - (1 + n) * 10 * minute
    return [
      ...[0, 1, 2].flatMap((n) => refusal('10000001', at(n), 2_000 + (20 - daysBack) * 150 + n, busy)),
      ...(daysBack % 4 === 3 ? refusal('10000002', at(5), 3_000 + daysBack, busy) : []),
    ]
  }).flat()

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)
const address = () => `${house.url}/m/${merchantNo}/terminals`

test('silent tills come first and retired ones last, each with what it can do and what to do', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { viewport: phone })
  await page.goto(address())
  const cards = page.locator('li[data-terminal]')
  expect(await cards.evaluateAll((all) => all.map((card) => card.getAttribute('data-terminal')))).toEqual([
    ...[silent, never, gaps, fast, good, gone],
  ])
  const text = (till: string | undefined) => page.locator(`li[data-terminal="${till ?? ''}"]`).innerText()
  expect(await text(silent)).toMatch(/花呗被暂停.*没消息了.*问收单机构/s)
  expect(await text(never)).toMatch(/没报过能不能收.*从来没有上报过.*终端号和密钥/s)
  expect(await text(gaps)).toMatch(/签了约，还没开.*有漏报.*缺 2 条/s)
  expect(await text(fast)).toMatch(/机器做不了花呗.*时钟不准.*快了大约 4 分钟/s)
  expect(await text(good)).toMatch(/能收花呗.*9\.9\.9/s)
  expect(await text(good)).not.toMatch(/没消息|漏报|时钟/)
  expect(await text(gone)).toContain('已停用')
  expect(await page.getByText('在用的收银机有 5 台').innerText()).toMatch(/能收花呗的 1 台.*有 2 台没有消息/)
  await context.close()
})

test('each till’s part of the loss is what the brute-force reading says', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(address())
  const now = Date.now()
  const range = { from: localDay(now - 29 * day), to: localDay(now) }
  const groups = judgeBreakdown({
    ...{ merchantNo, timeZone: 'Asia/Shanghai', events, ownCodes: [], now, ...range, by: 'terminal', filters: {} },
  })
  const whole = groups.reduce((sum, { netLost }) => sum + netLost.amount, 0)
  expect(whole).toBe(24_122)
  const rows = await tableBehind(page.getByRole('region', { name: '店里的收银机' }))
  expect(rows).toHaveLength(6)
  for (const row of rows) {
    const of = groups.find(({ group }) => group === `${merchantNo}:${row[0] ?? ''}`)
    const [refused, lost, share] = row.slice(9, 12)
    expect(Number(refused)).toBe(of?.unsupported.checkouts ?? 0)
    expect(fen(lost ?? '')).toBe(of?.netLost.amount ?? 0)
    expect(share).toBe(percent((of?.netLost.amount ?? 0) / whole))
  }
  await context.close()
})

test('each till’s loss stands beside that of the days before, and of few or of none nothing is said to have changed', async () => {
  const { page, context } = await signedIn(
    browser,
    house.url,
    await keyFor(house, { role: 'merchant', merchantNo: busy }),
  )
  const daysAgo = (days: number) => localDay(Date.now() - days * day)
  await page.goto(`${house.url}/m/${busy}/terminals?from=${daysAgo(9)}&to=${daysAgo(0)}`)
  const judged = (from: string, to: string) =>
    judgeBreakdown({
      ...{ merchantNo: busy, timeZone: 'Asia/Shanghai', events: busyEvents, ownCodes: [], now: Date.now() },
      ...{ from, to, by: 'terminal', filters: {} },
    }).map(({ netLost }) => netLost.amount)
  // The last two days are not settled, and neither are the last two of the days before.
  const now = judged(daysAgo(9), daysAgo(2))
  const before = judged(daysAgo(19), daysAgo(12))
  const panel = page.getByRole('region', { name: '店里的收银机' })
  const rows = await tableBehind(panel)
  expect(rows.map((row) => row.slice(-2).map(fen))).toEqual([[0, 0], ...now.map((lost, i) => [lost, before[i]])])
  expect(await panel.innerText()).toMatch(/对比的是.*最近一两天还没定/s)
  const more = percent((now[0] ?? 0) / (before[0] ?? 1) - 1)
  expect(await page.locator('li[data-terminal="10000001"]').innerText()).toContain(`比前一段多了 ${more}`)
  expect(await page.locator('li[data-terminal="10000002"]').innerText()).toContain('单数太少，不和前一段比')
  expect(await page.locator('li[data-terminal="10000003"]').innerText()).not.toContain('前一段')

  await page.getByRole('link', { name: '不对比' }).click()
  await page.waitForURL('**compare=none**')
  expect(await panel.innerText()).not.toContain('前一段')
  await context.close()
})

test('a till that says it takes Huabei, and refuses it, is named and leads to the causes', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(`${address()}?compare=none`)
  const card = page.locator(`li[data-terminal="${good ?? ''}"]`)
  expect(await card.innerText()).toMatch(/报能收，却没收成.*这段时间却有 1 单没用成/s)
  await card.getByRole('link', { name: '看原因' }).click()
  await page.waitForURL(`**/m/${merchantNo}/causes?compare=none`)
  await context.close()
})

test('history that came in one go says nothing of a clock, in the table either', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(address())
  const rows = await tableBehind(page.getByRole('region', { name: '店里的收银机' }))
  const offsetOf = (till: string | undefined) => rows.find(([terminalNo]) => terminalNo === till)?.[6]
  // Some time has passed since the events were made.
  expect(Number(offsetOf(fast))).toBeLessThan(-100)
  expect(offsetOf(gone)).toBe('–')
  await context.close()
})

test('a cashier’s phone is no till: nobody is asked to report what it can take, and it is not counted', async () => {
  const owner = await ownersPage(browser, house.url, busy, await keyFor(house, { role: 'merchant', merchantNo: busy }))
  const secret = secretIn(await scannedCode(owner))
  await house.json('POST', '/tap/set-up', { key: null, body: { secret, device: 'iPhone' } })
  await owner.goto(`${house.url}/m/${busy}/terminals`)
  const card = await owner.locator('li[data-terminal="TAP00001"]').innerText()
  expect(card).toMatch(/收银手机.*iPhone/s)
  expect(card).not.toMatch(/One Tap|没报过|服务商/)
  expect(await owner.getByText('在用的收银机有 3 台').isVisible()).toBe(true)
  await owner.context().close()
})

test('before the first event the page lists what is registered, and the first page knows how far the shop has come', async () => {
  const owner = await keyFor(house, { role: 'merchant', merchantNo: fresh })
  const { page, context, problems } = await signedIn(browser, house.url, owner)
  await page.goto(`${house.url}/m/${fresh}/terminals`)
  expect(await page.locator('li[data-terminal="10000001"]').innerText()).toMatch(/从来没消息.*终端号和密钥/s)
  await page.goto(`${house.url}/m/${fresh}`)
  const steps = await page.getByRole('main').locator('ol > li').allInnerTexts()
  expect(steps.map((step) => step.includes('已完成'))).toEqual([true, true, false, false])
  expect(problems).toEqual([])
  await context.close()
})

test('what the owner says of why is no sign of life of a till', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(`${house.url}/m/${merchantNo}/causes`)
  await page.getByRole('button', { name: '手续费太高' }).click()
  await page.getByText('现在记的原因').waitFor()
  await page.goto(address())
  expect(await page.locator(`li[data-terminal="${silent ?? ''}"]`).innerText()).toContain('没消息了')
  expect(await page.locator(`li[data-terminal="${never ?? ''}"]`).innerText()).toContain('从来没有上报过')
  await context.close()
})

test.each(looks)('the page can be read by everybody: $name', async (look) => {
  const { page, context } = await signedIn(browser, house.url, key, look)
  expect(await obstaclesOn(page, address())).toEqual([])
  await context.close()
})
