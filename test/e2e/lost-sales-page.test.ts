/** The page of lost sales in a real browser: every cut of them, narrowed by the address, and taken away as files. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { readFile } from 'node:fs/promises'
import type { Browser, Download, Locator, Page } from 'playwright-core'
import readExcelFile from 'read-excel-file/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeBreakdown, type Name } from '../judge/breakdown.ts'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { desktop, openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { signedIn, type Setting } from '../support/session.ts'
import { daysAgo, judgedAs, shop, shopHistory } from '../support/shop-history.ts'
import { expectReadable, fen, tableOf } from '../support/visitor.ts'

const { merchantNo } = shop
const from = daysAgo(14)
const to = daysAgo(0)

let house: House
let browser: Browser
let key: string
let events: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId: 'p1', merchantNo, terminals: shop.terminals })
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = shopHistory(Date.now())
  await post(house, events)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

async function open(query: Record<string, string> = {}, setting: Setting = {}) {
  const visit = await signedIn(browser, house.url, key, setting)
  await visit.page.goto(`${house.url}/m/${merchantNo}/lost-sales?${new URLSearchParams({ from, to, ...query })}`)
  return visit
}

const panel = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

type Filters = Partial<Record<Name, string>>

const judgedBy = (by: Name, filters: Filters = {}) =>
  judgeBreakdown({ ...judgedAs(events, from, to), by, filters })
    .filter(({ unsupported }) => unsupported.checkouts > 0)
    .map(({ unsupported, netLost }) => [
      unsupported.checkouts,
      unsupported.amount,
      netLost.amount,
      netLost.low,
      netLost.high,
    ])

/** The rows of a breakdown's table as numbers, without their names and their sum. */
async function shownBy(page: Page, title: string): Promise<number[][]> {
  const [, ...rows] = await tableOf(panel(page, title))
  return rows.slice(0, -1).map(([, checkouts, ...money]) => [Number(checkouts), ...money.map(fen)])
}

const sorted = (rows: number[][]) => rows.toSorted((a, b) => Number(a[1]) - Number(b[1]))

const cuts: [title: string, by: Name][] = [
  ['客人后来怎么做', 'outcome'],
  ['按原因', 'reason'],
  ['按收银机', 'terminal'],
  ['靠什么留住了这一单', 'savedBy'],
]

test('every cut of the lost sales is that of the brute-force reading', async () => {
  const { page, context } = await open()
  for (const [title, by] of cuts) expect(sorted(await shownBy(page, title)), by).toEqual(sorted(judgedBy(by)))

  // In the dark the dearest hour is the brightest.
  expect(await panel(page, '一周里什么时候流失最多').innerText()).toContain('颜色越浓')
  const [, ...hours] = await tableOf(panel(page, '一周里什么时候流失最多'))
  const byDay = new Map(
    judgeBreakdown({ ...judgedAs(events, from, to), by: 'weekday', filters: {} }).map((row) => [
      row.group,
      row.netLost.amount,
    ]),
  )
  const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => byDay.get(name) ?? 0)
  expect(hours.at(-1)?.slice(1).map(fen)).toEqual([...week, week.reduce((sum, lost) => sum + lost, 0)])

  const [, ...ofDay] = await tableOf(panel(page, '一天里的各个钟点'))
  const byHour = judgeBreakdown({ ...judgedAs(events, from, to), by: 'hour', filters: {} })
  expect(ofDay.map((row) => fen(row[2] ?? ''))).toEqual(
    ofDay.map((_, hour) => byHour.find(({ group }) => Number(group) === hour)?.netLost.amount ?? 0),
  )
  await context.close()
})

test('filters combine, are said, are in the address, and each can be taken away', async () => {
  const { page, context } = await open({}, { viewport: phone })
  await panel(page, '按收银机').getByRole('link', { name: '10000001' }).click()
  await page.waitForURL('**terminal=**')
  await page.getByText('筛选…').click()
  await page.getByLabel('年龄').selectOption('18-24')
  await page.getByRole('button', { name: '查看' }).last().click()
  await page.waitForURL('**ageBand=**')

  const filters: Filters = { terminal: `${merchantNo}:10000001`, ageBand: '18-24' }
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ from, to, ...filters })
  await page.goto(page.url())
  for (const [title, by] of cuts) expect(sorted(await shownBy(page, title)), by).toEqual(sorted(judgedBy(by, filters)))
  const [, ...days] = await tableOf(panel(page, '每天少卖了多少'))
  const judged = judgedBy('merchant', filters)[0]
  expect([Number(days.at(-1)?.[1]), fen(days.at(-1)?.[2] ?? '')]).toEqual([judged?.[0], judged?.[2]])

  await page.getByRole('link', { name: '收银机：10000001' }).click()
  await expect.poll(() => new URL(page.url()).searchParams.has('terminal')).toBe(false)
  await expect
    .poll(async () => sorted(await shownBy(page, '按原因')))
    .toEqual(sorted(judgedBy('reason', { ageBand: '18-24' })))
  await page.goto(`${page.url()}&weekday=nonsense`)
  expect(await page.getByText('没有符合这些条件的单').isVisible()).toBe(true)
  await context.close()
})

test('bars can be weeks and hours, and each adds up to the same', async () => {
  const { page, context } = await open()
  await page.getByRole('link', { name: '按周' }).click()
  const [, ...weeks] = await tableOf(panel(page, '每周少卖了多少'))
  const judged = judgeLostSales({ ...judgedAs(events, from, to), interval: 'week' })
  expect(weeks.slice(0, -1).map((row) => fen(row[2] ?? ''))).toEqual(judged.series.map(({ netLost }) => netLost.amount))

  const near = { from: daysAgo(3), interval: 'hour' }
  await page.goto(`${house.url}/m/${merchantNo}/lost-sales?${new URLSearchParams({ to, ...near })}`)
  const [, ...hours] = await tableOf(panel(page, '每小时少卖了多少'))
  const byHour = judgeLostSales({ ...judgedAs(events, near.from, to), interval: 'hour' })
  expect(hours.slice(0, -1).map((row) => fen(row[2] ?? ''))).toEqual(byHour.series.map(({ netLost }) => netLost.amount))
  await context.close()
})

const readAll = async (download: Download): Promise<Buffer> => readFile(await download.path())

test('files hold exactly what is shown', async () => {
  const { page, context } = await open({ ageBand: '18-24' })
  const shown = panel(page, '按原因')
  const table = await tableOf(shown)
  const take = async (from_: Locator, name: string): Promise<Download> => {
    const summary = from_.locator('summary', { hasText: '下载' })
    if (!(await from_.getByRole('button', { name }).isVisible())) await summary.click()
    const [download] = await Promise.all([page.waitForEvent('download'), from_.getByRole('button', { name }).click()])
    return download
  }

  const csv = await take(shown, 'CSV')
  expect(csv.suggestedFilename()).toBe(`${merchantNo}_lost-by-reason_${from}_${to}_18-24.csv`)
  const lines = (await readAll(csv))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')
  const asTable = (cells: string[]) =>
    cells.map((cell, i) => (i > 1 && /^[\d.]+$/.test(cell) ? Math.round(Number(cell) * 100) : cell))
  const asShown = (cells: string[]) => cells.map((cell, i) => (i > 1 && cell.startsWith('¥') ? fen(cell) : cell))
  expect(lines.map((line) => asTable(line.split(',')))).toEqual(table.map(asShown))

  const [sheet] = await readExcelFile(await readAll(await take(shown, 'Excel')))
  expect(
    sheet?.data.map((row) =>
      row.map((cell, i) => (typeof cell === 'number' && i > 1 ? Math.round(cell * 100) : String(cell))),
    ),
  ).toEqual(table.map(asShown))

  // A picture in HTML is drawn from it, with nothing to tap.
  const drawn = (await readAll(await take(shown, 'SVG'))).toString('utf8')
  const causes = table.slice(1, -1).map(([name = '']) => name)
  for (const text of ['按原因', '年龄：18–24 岁', ...causes]) expect(drawn).toContain(text)
  expect(drawn).not.toContain('下载')
  const picture = await readAll(await take(shown, 'PNG'))
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.readUInt32BE(16)).toBe(2 * Math.round((await shown.boundingBox())?.width ?? 0))

  const flow = panel(page, '每一单花呗后来怎样了')
  const svg = (await readAll(await take(flow, 'SVG'))).toString('utf8')
  expect(svg).toContain('每一单花呗后来怎样了')
  expect(svg).toContain('年龄：18–24 岁')
  expect(svg).toContain('没买就走')
  expect(svg).not.toContain('var(')
  const parsed = await page.evaluate(
    (text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror') === null,
    svg,
  )
  expect(parsed).toBe(true)
  const png = await readAll(await take(flow, 'PNG'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000)
  await context.close()
})

test('a keyboard reaches the table, the files and the filters', async () => {
  const { page, context } = await open()
  await page.getByText('实时更新').waitFor()
  const shown = panel(page, '按收银机')
  await shown.getByRole('link', { name: '10000002' }).focus()
  const table = shown.getByRole('table')
  for (let i = 0; i < 5 && !(await table.isVisible()); i++) {
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
  }
  expect(await table.isVisible()).toBe(true)
  // Past the table, which scrolls, to what is behind it.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toContain('_lost-by-terminal_')
  await context.close()
})

test('no amount in a table is cut: it takes the width, and where there is more to see it fades out', async () => {
  const edgeOf = (page: Page) =>
    panel(page, '客人后来怎么做')
      .locator('.scroll')
      .evaluate((table) => ({
        wider: table.scrollWidth > table.clientWidth,
        fades: getComputedStyle(table).maskImage !== 'none',
      }))
  const wide = await open()
  await tableOf(panel(wide.page, '客人后来怎么做'))
  expect(await edgeOf(wide.page)).toEqual({ wider: false, fades: false })
  await wide.context.close()

  const { page, context } = await open({}, { viewport: phone })
  await tableOf(panel(page, '客人后来怎么做'))
  await expect.poll(() => edgeOf(page)).toEqual({ wider: true, fades: true })
  await panel(page, '客人后来怎么做')
    .locator('.scroll')
    .evaluate((table) => table.scrollTo(table.scrollWidth, 0))
  await expect.poll(() => edgeOf(page)).toEqual({ wider: true, fades: false })
  await context.close()
})

test('a chart comes alive by the keyboard, and arrows go from mark to mark', async () => {
  const { page, context } = await open()
  await page.getByText('实时更新').waitFor()
  const tip = (name: string) => panel(page, name).locator('.chart-tip')
  const tabTo = async (name: string) => {
    const focused = () =>
      panel(page, name)
        .locator('.chart')
        .evaluate((chart) => chart === document.activeElement)
    for (let i = 0; i < 60 && !(await focused()); i++) await page.keyboard.press('Tab')
    await panel(page, name).locator('.chart[data-alive]').waitFor()
  }
  const toTip = async (name: string, text: string) => {
    await tip(name).getByText(text, { exact: true }).waitFor()
    expect(await tip(name).isVisible()).toBe(true)
  }

  const [, ...ways] = await tableOf(panel(page, '每一单花呗后来怎样了'))
  const nodes = [...new Set(ways.flatMap(([from = '', to = '']) => [from, to]))]
  const marks = nodes.flatMap((node) => [
    node,
    ...ways.filter(([from]) => from === node).map(([from, to]) => `${from} → ${to}`),
  ])
  const days = (await tableOf(panel(page, '每天少卖了多少'))).map(([day = '']) => day)
  await tabTo('每天少卖了多少')
  await toTip('每天少卖了多少', days[1] ?? '')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await toTip('每天少卖了多少', days[3] ?? '')
  await page.keyboard.press('ArrowLeft')
  await toTip('每天少卖了多少', days[2] ?? '')
  await page.keyboard.press('End')
  await toTip('每天少卖了多少', days.at(-2) ?? '')
  const top = await page.evaluate(() => scrollY)
  await page.keyboard.press('Escape')
  await tip('每天少卖了多少').waitFor({ state: 'hidden' })
  expect(await page.evaluate(() => scrollY)).toBe(top)

  await tabTo('每一单花呗后来怎样了')
  await toTip('每一单花呗后来怎样了', '想用花呗')
  for (const mark of marks.slice(1)) {
    await page.keyboard.press('ArrowRight')
    await toTip('每一单花呗后来怎样了', mark)
  }
  await page.keyboard.press('Home')
  await toTip('每一单花呗后来怎样了', '想用花呗')
  await page.keyboard.press('ArrowRight')
  await toTip('每一单花呗后来怎样了', marks[1] ?? '')
  const byKey = await tip('每一单花呗后来怎样了').innerText()
  await page.keyboard.press('Escape')
  await tip('每一单花呗后来怎样了').waitFor({ state: 'hidden' })
  await panel(page, '每一单花呗后来怎样了').locator('.stage path').first().hover()
  await toTip('每一单花呗后来怎样了', marks[1] ?? '')
  expect(await tip('每一单花呗后来怎样了').innerText()).toBe(byKey)

  await tabTo('一周里什么时候流失最多')
  await toTip('一周里什么时候流失最多', '周一 00:00')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await toTip('一周里什么时候流失最多', '周二 01:00')
  await page.keyboard.press('Tab')
  await tip('一周里什么时候流失最多').waitFor({ state: 'hidden' })
  await context.close()
})

test('a living chart that nothing was asked of shows no empty tooltip', async () => {
  const { page, context } = await open()
  await page.getByText('实时更新').waitFor()
  const shown = panel(page, '每天少卖了多少')
  await shown.locator('.chart').click({ position: { x: 2, y: 2 } })
  await shown.locator('.chart[data-alive]').waitFor()
  expect(await shown.locator('.chart-tip').isVisible()).toBe(false)
  await context.close()
})

test('paper has the figures and the pictures, and nothing to press; its colours are light', async () => {
  const { page, context } = await open({}, { colorScheme: 'dark' })
  await page.getByText('实时更新').waitFor()
  await page.locator('.chart').first().hover()
  await page.locator('.chart[data-alive]').first().waitFor()
  const pressed = [
    page.getByRole('button', { name: '退出' }),
    page.getByRole('link', { name: '总览' }),
    page.getByRole('link', { name: '近7天' }),
    page.getByText('筛选…'),
    page.getByText('看表格').first(),
  ]
  const visible = () => Promise.all(pressed.map((each) => each.isVisible()))
  expect(await visible()).toEqual(pressed.map(() => true))
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await visible()).toEqual(pressed.map(() => false))
  expect(await page.getByText('下载').first().isVisible()).toBe(false)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('少卖明细')
  expect(await panel(page, '按原因').isVisible()).toBe(true)
  const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  expect(ground).toBe('rgb(255, 255, 255)')
  expect((await page.pdf({ printBackground: true })).subarray(0, 4).toString()).toBe('%PDF')
  await context.close()
})

test('a page whose charts are seen needs at most 80 KB of script, one whose charts are alive 250 KB', async () => {
  const { page, context } = await open()
  await page.getByText('实时更新').waitFor()
  const compressed = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('.js'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
    )
  expect(await compressed()).toBeLessThanOrEqual(80 * 1024)
  await page.locator('.chart').first().hover()
  await page.locator('.chart[data-alive]').first().waitFor()
  expect(await compressed()).toBeLessThanOrEqual(250 * 1024)
  await context.close()
})

for (const english of [false, true]) {
  const setting = english ? { viewport: desktop, colorScheme: 'dark' as const } : { viewport: phone }
  test(`everybody can read it: ${english ? 'English, dark, at a desk' : 'Chinese, light, on a phone'}`, async () => {
    const visit = await open({ ageBand: '18-24' }, { ...setting, english })
    await expectReadable(visit, english, () =>
      visit.page.locator('summary', { hasText: english ? 'Filter…' : '筛选…' }).click(),
    )
    await visit.context.close()
  })
}
