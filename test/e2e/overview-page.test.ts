/** The shop owner's page in a real browser: events go in over HTTP, and the page says what the judge says. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { looks } from '../support/looks.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { overflowOf, spacesBetweenChinese } from '../support/readable.ts'
import { signedIn, signIn as signInAt, type Setting } from '../support/session.ts'
import { daysAgo, declined, hour, judgedAs, left, shop, shopHistory } from '../support/shop-history.ts'
import { asSaid, expectReadable, fen, tableOf } from '../support/visitor.ts'

const { merchantNo } = shop
const stranger = '898584058120002'
const untouched = '898584058120003'

let house: House
let browser: Browser
let key: string
let events: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const each of [merchantNo, stranger, untouched]) {
    await register(house, { providerId: 'p1', merchantNo: each, terminals: shop.terminals })
  }
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = shopHistory(Date.now())
  await post(house, events)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const signIn = (setting: Setting = {}) => signInAt(browser, house.url, key, setting)
/** The page at that address, as somebody sees it who has signed in before. */
async function open(setting: Setting = {}, as = key, path = '/') {
  const visit = await signedIn(browser, house.url, as, setting)
  await visit.page.goto(house.url + path)
  return visit
}

const judged = (from: string, to: string) => judgeLostSales({ ...judgedAs(events, from, to), interval: 'day' })
const lastMonth = () => judged(daysAgo(29), daysAgo(0))

test('the page says what the brute-force reading of the events says', async () => {
  const { page, context } = await signIn()
  const { totals, reasons, series } = lastMonth()
  const hero = page.getByRole('region').first()
  const text = await hero.innerText()
  const { amount, low, high } = totals.netLost
  expect(amount).toBeGreaterThan(0)
  expect(fen(await hero.locator('strong').first().innerText())).toBe(asSaid(amount))
  expect(fen(/最少 (\S+?)，/.exec(text)?.[1] ?? '')).toBe(asSaid(low))
  expect(fen(/最多 ([^，。]+)/.exec(text)?.[1]?.replaceAll(/[^¥\d,.]/g, '') ?? '')).toBe(asSaid(high))
  expect(text).toContain(`${totals.unsupported.checkouts} 单`)
  expect(text).toContain(`${totals.outcomes.abandoned.checkouts} 单`)

  const [, ...days] = await tableOf(page.getByRole('region', { name: '每天少卖了多少' }))
  expect(days.slice(0, -1).map((row) => [Number(row[1]), fen(row[2] ?? '')])).toEqual(
    series.map(({ unsupported, netLost }) => [unsupported.checkouts, netLost.amount]),
  )
  expect(fen(days.at(-1)?.[2] ?? '')).toBe(amount)

  const dearest = reasons.toSorted((a, b) => (b.netLost?.amount ?? 0) - (a.netLost?.amount ?? 0))[0]
  const ofLoss = Math.round(((dearest?.netLost?.amount ?? 0) / amount) * 100)
  expect(await page.getByRole('region', { name: '为什么' }).innerText()).toContain(`占流失金额的 ${ofLoss}%`)
  const seen = totals.unsupported.checkouts - totals.outcomes.unknown.checkouts - totals.outcomes.open.checkouts
  const gone = Math.round((totals.outcomes.abandoned.checkouts / seen) * 100)
  expect(await page.getByRole('region', { name: '他们去哪了' }).innerText()).toContain(`${gone}% 空手走了`)
  // These tills report the refused alone.
  expect(await page.getByRole('region', { name: '谁走得最多' }).innerText()).toContain('不知道平时来的是哪些人，没法比')
  await context.close()
})

test('the change is that of the settled days from the same days before, and the address can do without it', async () => {
  const nineDays = `?from=${daysAgo(8)}&to=${daysAgo(0)}`
  const { page, context } = await open({}, key, `/m/${merchantNo}${nineDays}`)
  // Today and yesterday can still change.
  const now = judged(daysAgo(8), daysAgo(2)).totals.netLost.amount
  const before = judged(daysAgo(17), daysAgo(11)).totals.netLost.amount
  const text = await page.getByRole('region').first().innerText()
  expect(await spacesBetweenChinese(page)).toEqual([])
  expect(text).toContain(`比前一段多了 ${Math.round((now / before - 1) * 100)}%`)
  expect([...text.matchAll(/¥[\d,.]+\d/g)].map(([money]) => fen(money))).toEqual(
    expect.arrayContaining([asSaid(now), asSaid(before)]),
  )
  const [names = [], ...rows] = await tableOf(page.getByRole('region', { name: '每天少卖了多少' }))
  const column = names.indexOf('前一段的流失')
  const compared = judged(daysAgo(17), daysAgo(9)).series.map(({ netLost }) => netLost.amount)
  expect(rows.slice(0, 9).map((row) => row[column])).toEqual([
    ...compared.slice(0, 7).map((amount) => expect.stringContaining(`¥${(amount / 100).toFixed(2)}`) as string),
    '–',
    '–',
  ])

  await page.getByRole('link', { name: '不对比' }).click()
  await page.waitForURL('**compare=none**')
  expect(await page.getByRole('region').first().innerText()).not.toContain('前一段')
  await page.getByRole('link', { name: '原因' }).click()
  await page.waitForURL('**/causes?**')
  expect(new URL(page.url()).search).toBe(`${nineDays}&compare=none`)
  await context.close()
})

test('what is not settled yet, or has nothing before it, is not compared, and the page says so', async () => {
  const { page, context } = await open()
  const said = async (query: string) => {
    await page.goto(`${house.url}/m/${merchantNo}${query}`)
    return page.getByRole('region').first().innerText()
  }
  expect(await said(`?from=${daysAgo(1)}&to=${daysAgo(0)}`)).toContain('这段时间还没定')
  expect(await said('')).toContain('前一段开始时还没有这家店的数据')
  await context.close()
})

test('a commit shows on the open page by itself, without a reload', async () => {
  const { page, context } = await open({ viewport: phone })
  const amount = page.getByRole('region').first().locator('strong').first()
  await page.getByText('实时更新').waitFor()
  const before = await amount.innerText()
  await page.evaluate(() => ((globalThis as { here?: boolean }).here = true))

  const at = Date.now() - hour
  const fresh = { id: 'fresh', at, amount: 1_000_000 }
  const more = [declined(fresh), left(fresh)]
  await post(house, more)
  events.push(...more)
  await expect.poll(() => amount.innerText()).not.toBe(before)

  expect(fen(await amount.innerText())).toBe(asSaid(lastMonth().totals.netLost.amount))
  expect(await page.evaluate(() => (globalThis as { here?: boolean }).here)).toBe(true)
  await context.close()
})

test('figures, pictures and tables are there before any script runs', async () => {
  const { page, context } = await signIn({ javaScriptEnabled: false, viewport: phone })
  expect(fen(await page.getByRole('region').first().locator('strong').first().innerText())).toBeGreaterThan(0)
  expect(await page.locator('svg').count()).toBeGreaterThanOrEqual(2)
  expect(await page.getByText('下载').first().isVisible()).toBe(false)
  await page.getByText('看表格').first().click()
  expect(await page.getByRole('table').first().isVisible()).toBe(true)
  await context.close()
})

test('on paper it is one page', async () => {
  const { page, context } = await open()
  const paper = await page.pdf({ format: 'A4' })
  expect(paper.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1)
  await context.close()
})

test('a range is kept in the address, and a range that makes no sense is explained', async () => {
  const { page, context } = await open()
  await page.getByRole('link', { name: '近7天' }).click()
  await page.waitForURL('**/m/*?*from=*')
  const copied = page.url()
  await page.goto(copied)
  expect(await page.getByRole('link', { name: '近7天' }).getAttribute('aria-current')).toBe('true')
  await page.goto(`${house.url}/m/${merchantNo}?from=2026-11-20&to=2026-11-01`)
  expect(await page.getByRole('alert').innerText()).toContain('日期')
  await context.close()
})

test('the last 30 days chosen are days with a date, as all that is chosen is', async () => {
  const { page, context } = await open({}, key, `/m/${merchantNo}`)
  const days = `from=${daysAgo(29)}&to=${daysAgo(0)}`
  for (const [link, query] of [
    ['近30天', `?${days}`],
    ['不对比', `?${days}&compare=none`],
  ] as const) {
    await page.goto(`${house.url}/m/${merchantNo}`)
    await page.getByRole('link', { name: link }).click()
    await expect.poll(() => new URL(page.url()).search).toBe(query)
  }
  expect(await page.getByRole('link', { name: '近30天' }).getAttribute('aria-current')).toBe('true')
  await context.close()
})

test('days that have not come yet are no finding', async () => {
  const { page, context } = await open({}, key, `/m/${merchantNo}?from=${daysAgo(-3)}&to=${daysAgo(-9)}`)
  expect(await page.getByRole('alert').innerText()).toContain('这些日子还没到')
  await page.goto(`${house.url}/m/${merchantNo}?from=${daysAgo(3)}&to=${daysAgo(-9)}`)
  expect(await page.getByRole('navigation', { name: '看哪段时间' }).innerText()).toContain('之后的日子还没到')
  await page.goto(`${house.url}/m/${merchantNo}?from=${daysAgo(3)}&to=${daysAgo(0)}`)
  expect(await page.locator('main').innerText()).not.toContain('还没到')
  await context.close()
})

test('over two years the days that are compared and the weeks say their year, and a file has plain dates', async () => {
  const { page, context } = await open({}, key, `/m/${merchantNo}?from=${daysAgo(399)}&to=${daysAgo(0)}`)
  const [before] = daysAgo(799).split('-')
  expect(await page.getByRole('navigation', { name: '看哪段时间' }).innerText()).toContain(`对比 ${before}年`)
  const panel = page.getByRole('region', { name: '每周少卖了多少' })
  const [, first] = await tableOf(panel)
  expect(first?.[0]).toMatch(/^\d{4}年\d+月\d+日起一周$/)
  await panel.getByText('下载').click()
  const [file] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'CSV' }).click()])
  const lines = (await readFile(await file.path(), 'utf8')).split('\r\n')
  expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\d,/)
  await context.close()
})

test.each([false, true])('on the narrowest phone nothing is wider than the screen; English: %s', async (english) => {
  const narrow = { viewport: { width: 320, height: 640 }, english }
  const { page, context } = await open(narrow, key, `/m/${merchantNo}`)
  expect(await overflowOf(page)).toBe(0)
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

  const { page: own, context } = await open()
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

/** A page whose own scripts never come: what works on it works before it is alive. */
async function neverAlive(address: string) {
  const context = await browser.newContext({ viewport: phone })
  const page = await context.newPage()
  await page.route('**/_app/**/*.js', () => new Promise(() => undefined))
  await page.goto(house.url + address, { waitUntil: 'commit' })
  return { page, context }
}

test('a link with a key signs in however soon its button is tapped, and its key leaves the address', async () => {
  const { page, context } = await neverAlive(`/sign-in?to=/m/${merchantNo}/causes#key=${key}`)
  await page.getByRole('button', { name: '进入' }).click()
  await page.waitForURL('**/causes')
  await context.close()

  const later = await neverAlive('/sign-in')
  await later.page.getByRole('button', { name: '进入' }).waitFor()
  await later.page.evaluate((brought) => (location.hash = `key=${brought}`), key)
  await expect.poll(() => later.page.getByLabel('密钥').inputValue()).toBe(key)
  expect(later.page.url()).toBe(`${house.url}/sign-in`)
  await later.context.close()
})

test('nobody can sign in with nothing', async () => {
  const { page, context } = await neverAlive('/sign-in')
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
  for (const nothing of ['', '   ']) {
    await page.getByLabel('密钥').fill(nothing)
    await page.getByRole('button', { name: '进入' }).click()
  }
  await page.getByLabel('密钥').fill(key)
  await page.getByRole('button', { name: '进入' }).click()
  await page.waitForURL('**/m/*')
  expect(sent).toHaveLength(1)
  await context.close()
})

test('a revoked key loses the page that is open', async () => {
  const { id, key: short } = await house.json<{ id: string; key: string }>('POST', '/api/v1/keys', {
    body: { role: 'merchant', merchantNo },
    expected: 201,
  })
  const { page, context } = await open({}, short)
  await page.getByText('实时更新').waitFor()
  await house.json('DELETE', `/api/v1/keys/${id}`, { expected: 204 })
  await page.waitForURL('**/sign-in*', { timeout: 15_000 })
  await context.close()
})

test('a shop without an event is told how to begin', async () => {
  const owner = await keyFor(house, { role: 'merchant', merchantNo: untouched })
  const { page, context } = await open({ viewport: phone }, owner)
  expect(await page.getByText('还没有收到这家店的数据').isVisible()).toBe(true)
  expect(await page.getByText('已完成').count()).toBe(1)
  await context.close()
})

test.each(looks)('everybody can read it: $name', async ({ viewport, colorScheme, english }) => {
  const visit = await open({ viewport, colorScheme, english })
  await expectReadable(visit, english)
  await visit.context.close()
})
