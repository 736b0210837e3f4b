/** The shop owner's page in a real browser: events go in over HTTP, and the page says what the judge says. */

import { AxeBuilder } from '@axe-core/playwright'
import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { desktop, openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'

const merchantNo = '898584058120001'
const stranger = '898584058120002'
const untouched = '898584058120003'
const source = `urn:terminal:${merchantNo}:10000001`
const hour = 3_600_000

let house: House
let browser: Browser
let key: string
let events: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const shop of [merchantNo, stranger, untouched]) {
    await register(house, { providerId: 'p1', merchantNo: shop, terminals: ['10000001'] })
  }
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = lastWeek(Date.now())
  await post(house, events)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const declined = (id: string, at: number, amount: number, value = 'POS_METHOD_NOT_IMPLEMENTED'): WireEvent => ({
  specversion: '1.0',
  id,
  source,
  type: 'tillsight.payment.declined',
  time: new Date(at).toISOString(),
  data: { checkoutId: id, attempt: 1, amount, method: 'HUABEI', code: { system: 'LOCAL', value } },
})

const paid = (id: string, at: number, amount: number): WireEvent => ({
  ...declined(`${id}-paid`, at, amount),
  type: 'tillsight.payment.succeeded',
  data: { checkoutId: id, attempt: 2, amount, method: 'WECHAT' },
})

const left = (id: string, at: number): WireEvent => ({
  ...declined(`${id}-left`, at, 1),
  type: 'tillsight.checkout.abandoned',
  data: { checkoutId: id },
})

/** Thirty refusals, five a day: two leave (one says so), one pays less, two pay otherwise. */
function lastWeek(now: number): WireEvent[] {
  return Array.from({ length: 30 }, (_, i): WireEvent[] => {
    const id = `basket-${i}`
    const at = now - (1 + Math.floor(i / 5)) * 24 * hour - (i % 5) * hour
    const refusal = declined(id, at, 10_000 + i * 137, i % 3 === 0 ? 'POS_FIRMWARE_TOO_OLD' : undefined)
    if (i % 5 === 0) return [refusal]
    if (i % 5 === 1) return [refusal, left(id, at + 60_000)]
    return [refusal, paid(id, at + 60_000, i % 5 === 2 ? 4_000 : 20_000)]
  }).flat()
}

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

function judged(posted: readonly WireEvent[]) {
  const now = Date.now()
  return judgeLostSales({
    merchantNo,
    timeZone: 'Asia/Shanghai',
    events: posted,
    ownCodes: [],
    now,
    from: localDay(now - 29 * 24 * hour),
    to: localDay(now),
    interval: 'day',
  })
}

/** `¥1,234` or `¥1,234.50`, as fen. */
const fen = (text: string): number => Math.round(Number(/¥([\d,.]+)/.exec(text)?.[1]?.replaceAll(',', '')) * 100)

/** From ¥10,000 up the hero leaves the fen out. */
const asShown = (amount: number): number => (amount < 1_000_000 ? amount : Math.round(amount / 100) * 100)

type Setting = Parameters<Browser['newContext']>[0] & { english?: boolean }

/** Signs in as the owner and gives the shop's page. */
async function signIn(
  { english = false, ...options }: Setting = {},
  as = key,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: desktop, ...options })
  const page = await context.newPage()
  await page.goto(house.url)
  await page.getByLabel('密钥').fill(as)
  await page.getByRole('button', { name: '进入' }).click()
  await page.waitForURL('**/m/*')
  if (english) {
    await page.getByText('English').click()
    await page.getByText('中文').waitFor()
  }
  return { page, context }
}

test('the page says what the brute-force reading of the events says', async () => {
  const { page, context } = await signIn()
  const { totals, reasons } = judged(events)
  const hero = page.getByRole('region').first()
  const text = await hero.innerText()
  expect(totals.netLost.amount).toBeGreaterThan(0)
  expect(fen(await hero.locator('strong').first().innerText())).toBe(asShown(totals.netLost.amount))
  expect(text).toContain(`${totals.unsupported.checkouts} 单`)
  expect(text).toContain(`${totals.outcomes.abandoned.checkouts} 单`)

  const causes = page.getByRole('region', { name: '为什么收不了' })
  await causes.getByText('看表格').first().click()
  const rows = await causes.getByRole('table').first().locator('tbody tr').allInnerTexts()
  const lost = reasons.filter(({ group }) => group === 'unsupported').map(({ netLost }) => netLost?.amount ?? 0)
  expect(rows.map(fen).sort((a, b) => a - b)).toEqual(lost.sort((a, b) => a - b))
  await context.close()
})

test('a commit shows on the open page within 2 s, without a reload', async () => {
  const { page, context } = await signIn({ viewport: phone })
  const amount = page.getByRole('region').first().locator('strong').first()
  await page.getByText('实时更新').waitFor()
  const before = await amount.innerText()
  await page.evaluate(() => ((globalThis as { here?: boolean }).here = true))

  const at = Date.now() - hour
  const more = [declined('fresh', at, 1_000_000), left('fresh', at + 1_000)]
  await post(house, more)
  events.push(...more)
  await expect.poll(() => amount.innerText(), { timeout: 2_000, interval: 20 }).not.toBe(before)

  expect(fen(await amount.innerText())).toBe(asShown(judged(events).totals.netLost.amount))
  expect(await page.evaluate(() => (globalThis as { here?: boolean }).here)).toBe(true)
  await context.close()
})

test('figures, pictures and tables are there before any script runs', async () => {
  const { page, context } = await signIn({ javaScriptEnabled: false, viewport: phone })
  expect(fen(await page.getByRole('region').first().locator('strong').first().innerText())).toBeGreaterThan(0)
  expect(await page.locator('svg').count()).toBeGreaterThanOrEqual(2)
  await page.getByText('看表格').first().click()
  expect(await page.getByRole('table').first().isVisible()).toBe(true)
  await context.close()
})

test('a range is kept in the address, and a range that makes no sense is explained', async () => {
  const { page, context } = await signIn()
  await page.getByRole('link', { name: '近7天' }).click()
  await page.waitForURL('**/m/*?*from=*')
  const copied = page.url()
  await page.goto(copied)
  expect(await page.getByRole('link', { name: '近7天' }).getAttribute('aria-current')).toBe('true')
  await page.goto(`${house.url}/m/${merchantNo}?from=2026-11-20&to=2026-11-01`)
  expect(await page.getByRole('alert').innerText()).toContain('日期')
  await context.close()
})

test('nothing is open without a key, and a key opens only its own shop', async () => {
  const visitor = await browser.newContext()
  const page = await visitor.newPage()
  for (const address of ['/', `/m/${merchantNo}`]) {
    await page.goto(house.url + address)
    expect(new URL(page.url()).pathname).toBe('/sign-in')
  }
  for (const address of [`/m/${merchantNo}/figures`, `/m/${merchantNo}/live`]) {
    const answer = await house.call('GET', address, { key: null })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
  }
  const data = await fetch(`${house.url}/m/${merchantNo}/__data.json`)
  expect([data.status, await data.json()]).toEqual([
    200,
    { type: 'redirect', status: 303, location: `/sign-in?to=${encodeURIComponent(`/m/${merchantNo}`)}` },
  ])
  await visitor.close()

  const { page: own, context } = await signIn()
  const strange = await own.goto(`${house.url}/m/${stranger}`)
  const nobodys = await own.goto(`${house.url}/m/898000000000000`)
  expect([strange?.status(), nobodys?.status()]).toEqual([404, 404])
  for (const what of ['figures', 'live']) {
    const answers = await Promise.all(
      [stranger, '898000000000000'].map(async (shop) => {
        const answer = await house.call('GET', `/m/${shop}/${what}`, {
          key: null,
          headers: { cookie: `tillsight_key=${key}` },
        })
        return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
      }),
    )
    expect(answers[0]).toMatchObject({ status: 404, type: 'application/problem+json' })
    expect(answers[0]).toEqual(answers[1])
  }
  await context.close()
})

test('a key that is no key, or a till’s, is told apart from nothing', async () => {
  const till = await keyFor(house, { role: 'terminal', merchantNo, terminalNo: '10000001' })
  const context = await browser.newContext()
  const page = await context.newPage()
  const said: string[] = []
  for (const wrong of ['ts_nonsense', till]) {
    await page.goto(`${house.url}/sign-in`)
    await page.getByLabel('密钥').fill(wrong)
    await page.getByRole('button', { name: '进入' }).click()
    said.push(await page.getByRole('alert').innerText())
  }
  expect(said[0]).toBe(said[1])
  await context.close()
})

test('a revoked key loses the page that is open', async () => {
  const { id, key: short } = await house.json<{ id: string; key: string }>('POST', '/api/v1/keys', {
    body: { role: 'merchant', merchantNo },
    expected: 201,
  })
  const { page, context } = await signIn({}, short)
  await page.getByText('实时更新').waitFor()
  await house.json('DELETE', `/api/v1/keys/${id}`, { expected: 204 })
  await page.waitForURL('**/sign-in*', { timeout: 15_000 })
  await context.close()
})

test('a shop without an event is told how to begin', async () => {
  const owner = await keyFor(house, { role: 'merchant', merchantNo: untouched })
  const { page, context } = await signIn({ viewport: phone }, owner)
  expect(await page.getByText('还没有收到这家店的数据').isVisible()).toBe(true)
  await context.close()
})

for (const english of [false, true]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [phone, desktop]) {
      const setting = `${english ? 'English' : 'Chinese'}, ${colorScheme}, ${viewport.width} px`
      test(`the page can be read by everybody: ${setting}`, async () => {
        const { page, context } = await signIn({ viewport, colorScheme, english })
        const problems: string[] = []
        page.on('console', (message) => {
          if (message.type() === 'error') problems.push(message.text())
        })
        page.on('pageerror', (error) => problems.push(error.message))
        await page.reload()
        await page
          .getByText(english ? 'Live' : '实时更新')
          .first()
          .waitFor()
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow).toBe(0)
        expect(await page.locator('html').getAttribute('lang')).toBe(english ? 'en' : 'zh-CN')
        expect(problems).toEqual([])
        await context.close()
      })
    }
  }
}
