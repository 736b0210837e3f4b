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
/** Here others were refused than are now. */
const turned = '898584058120003'
/** Here a cashier's phone reports who was refused, and nothing else. */
const phoneOnly = '898584058120004'
const shown = 16
const hour = 3_600_000

let house: House
let browser: Browser
let key: string
let events: WireEvent[]
let turns: WireEvent[]

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const shop of [merchantNo, quiet, turned, phoneOnly]) {
    await register(house, { providerId: 'p1', merchantNo: shop, terminals: ['10000001'] })
  }
  key = await keyFor(house, { role: 'merchant', merchantNo })
  events = lastWeeks(merchantNo, Date.now(), 300)
  await post(house, events)
  await post(house, lastWeeks(quiet, Date.now(), 12))
  turns = turning(Date.now())
  await post(house, turns)
  await post(house, refusedAlone(Date.now()))
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const bands = ['18-24', '25-34', '35-44', '45-59'] as const

interface Sale {
  shop: string
  i: number
  time: number
  customer: { ageBand?: string; returning?: boolean }
  refused: boolean
}

function sale({ shop, i, time, customer, refused }: Sale): WireEvent {
  const data = { checkoutId: `c${i}`, attempt: 1, amount: 2_000 + (i % 9) * 4_100, customer }
  const common = { specversion: '1.0', id: `e${i}`, source: `urn:terminal:${shop}:10000001` }
  const at = { ...common, time: new Date(time).toISOString() }
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  return refused
    ? { ...at, type: 'tillsight.payment.declined', data: { ...data, method: 'HUABEI', code } }
    : { ...at, type: 'tillsight.payment.succeeded', data: { ...data, method: 'WECHAT' } }
}

/** Young customers are refused three times in four, the others seldom; every tenth tells no age. */
const lastWeeks = (shop: string, now: number, checkouts: number): WireEvent[] =>
  Array.from({ length: checkouts }, (_, i) => {
    const band = bands[i % 4] ?? '18-24'
    const customer = i % 10 === 9 ? { returning: false } : { ageBand: band, returning: i % 3 === 0 }
    const refused = band === '18-24' ? i % 16 !== 0 : i % 7 === 0
    return sale({ shop, i, time: now - 2 * 24 * hour - i * 1.3 * hour, customer, refused })
  })

/** One sale an hour, for `shown` days as they are now, and before them for as long as they were. The oldest hardly come. */
const turning = (now: number): WireEvent[] =>
  Array.from({ length: 2 * shown * 24 }, (_, i) => {
    const ageBand = i % 50 === 0 ? '60+' : (bands[i % 3] ?? '18-24')
    const isRefused = ageBand === (i < shown * 24 ? '18-24' : '25-34') ? i % 4 !== 0 : i % 5 === 0
    return sale({ shop: turned, i, time: now - i * hour, customer: { ageBand }, refused: isRefused })
  })

const refusedAlone = (now: number): WireEvent[] =>
  lastWeeks(phoneOnly, now, 120).filter(({ type }) => type === 'tillsight.payment.declined')

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

const daysAgo = (days: number) => localDay(Date.now() - days * 24 * hour)

function judged(by: Dimension, of = { merchantNo, events, from: daysAgo(29), to: daysAgo(0) }) {
  return judgeSegments({ timeZone: 'Asia/Shanghai', ownCodes: [], now: Date.now(), ...of, by }).segments
}

const address = (by: Dimension, shop = merchantNo) => `${house.url}/m/${shop}/segments?by=${by}`
const times = (ratio: number) => ratio.toFixed(ratio < 0.995 ? 2 : 1)

test.each(['ageBand', 'returning', 'ticketBand', 'daypart', 'weekday'] as const)(
  'by %s the page says what the brute-force reading of the events says',
  async (by) => {
    const { page, context } = await signedIn(browser, house.url, key)
    await page.goto(address(by))
    const order = await page
      .locator('li[data-segment]')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-segment')))
    const rows = await tableBehind(page.getByRole('region', { name: '来的人里占多少' }))
    const indexes = await tableBehind(page.getByRole('region', { name: '比来的多几倍' }))
    const expected = judged(by)
    const all = expected.reduce((sum, segment) => sum + segment.all.checkouts, 0)
    const refused = expected.reduce((sum, segment) => sum + segment.unsupported.checkouts, 0)
    expect(refused).toBeGreaterThan(50)
    expect([...order].sort()).toEqual(expected.map(({ segment }) => segment).sort())
    for (const { segment, ...of } of expected) {
      const [, checkouts, ofAll, lostOf, ofRefused, lost] = rows[order.indexOf(segment)] ?? []
      const [, index, low, high] = indexes[order.indexOf(segment)] ?? []
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
  await page.waitForURL('**/segments?from=*&to=*&by=weekday')
  const { index = null } = judged('weekday').find(({ indexLow }) => (indexLow ?? 0) > 1) ?? {}
  expect(await page.getByText(index === null ? '没看出' : '最突出').isVisible()).toBe(true)
  await context.close()
})

test('the first page names the same customers with the same shares', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(`${house.url}/m/${merchantNo}/segments`)
  const [, said, share, shareOfRefused] =
    /(.+岁)最突出：占所有单的 (\S+)，却占没用成的 (\S+)，/.exec(await page.getByText('最突出').innerText()) ?? []
  await page.goto(`${house.url}/m/${merchantNo}`)
  const answer = await page.getByRole('region', { name: '谁走得最多' }).innerText()
  expect(answer).toContain('18–24 岁的客人')
  expect(said).toBe('18–24 岁')
  expect(answer).toContain(`占所有单的 ${share}，却占没用成花呗的 ${shareOfRefused}。`)
  await context.close()
})

test('where only the refused are reported nothing is compared, here and on the first page', async () => {
  const { page, context } = await signedIn(
    browser,
    house.url,
    await keyFor(house, { role: 'merchant', merchantNo: phoneOnly }),
  )
  const reason = '不知道平时来的是哪些人，没法比'
  await page.goto(address('daypart', phoneOnly))
  expect(await page.getByText(reason).isVisible()).toBe(true)
  expect(await page.locator('main').innerText()).not.toMatch(/误差范围|倍/)
  await page.goto(`${house.url}/m/${phoneOnly}`)
  expect(await page.getByRole('region', { name: '谁走得最多' }).innerText()).toContain(reason)
  await context.close()
})

test('each index stands beside that of the period before, and only where no interval overlaps it is said to have changed', async () => {
  const { page, context } = await signedIn(
    browser,
    house.url,
    await keyFor(house, { role: 'merchant', merchantNo: turned }),
  )
  const range = `from=${daysAgo(shown - 1)}&to=${daysAgo(0)}`
  await page.goto(`${address('ageBand', turned)}&${range}`)
  const of = { merchantNo: turned, events: turns }
  // The last two days are not settled, and neither are the last two of the days before.
  const now = judged('ageBand', { ...of, from: daysAgo(shown - 1), to: daysAgo(2) })
  const before = judged('ageBand', { ...of, from: daysAgo(2 * shown - 1), to: daysAgo(shown + 2) })
  const panel = page.getByRole('region', { name: '比来的多几倍' })
  const rows = await tableBehind(panel)
  const found = rows.map(([, ...cells]) => cells.slice(-3))
  expect(found.map(([index, then]) => [index, then])).toEqual(
    now.map(({ index }, i) => [times(index ?? 0), times(before[i]?.index ?? 0)]),
  )
  const clear = now.map(({ indexLow, indexHigh }, i) => {
    if ((indexLow ?? 0) > (before[i]?.indexHigh ?? 0)) return '升高'
    return (indexHigh ?? 0) < (before[i]?.indexLow ?? 0) ? '降低' : '没有明显变化'
  })
  expect(clear.slice(0, 3)).toEqual(['升高', '降低', '没有明显变化'])
  expect(found.map(([, , change]) => change)).toEqual([...clear.slice(0, 3), '单数太少，不和前一段比'])
  expect(await panel.innerText()).toMatch(/对比的是.*最近一两天还没定.*18–24 岁的倍数升高了.*25–34 岁的倍数降低了/s)
  const line = (segment: string) => panel.locator(`li[data-segment="${segment}"]`)
  expect(await line('18-24').innerText()).toContain(`${times(before[0]?.index ?? 0)} 倍`)
  expect(await line('60+').innerText()).toContain('不和前一段比')

  await page.getByRole('link', { name: '不对比' }).click()
  await page.waitForURL('**compare=none**')
  expect(await panel.innerText()).not.toContain('前一段')
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

test('what is compared can be taken away, as numbers and as a picture', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(address('ageBand'))
  const panel = page.getByRole('region', { name: '比来的多几倍' })
  await panel.getByText('下载').click()
  for (const extension of ['CSV', 'PNG']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: extension }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(new RegExp(`segment-index.*\\.${extension.toLowerCase()}$`))
  }
  await context.close()
})

test.each([{ english: true }, { english: false }])(
  'no name is cut or broken on a phone, english: $english',
  async (language) => {
    const { page, context } = await signedIn(browser, house.url, key, { viewport: phone, ...language })
    await page.goto(address('daypart'))
    const cut = await page.locator('.still.narrow svg').evaluate((svg) => {
      const { left } = svg.getBoundingClientRect()
      const texts = [...svg.querySelectorAll('text')]
      return texts.filter((text) => text.getBoundingClientRect().left < left).map((text) => text.textContent)
    })
    expect(cut).toEqual([])
    const lines = await page.locator('li[data-segment] .name').evaluateAll((names) =>
      names.map((name) => {
        const range = document.createRange()
        range.selectNodeContents(name)
        return new Set([...range.getClientRects()].map(({ top }) => top)).size
      }),
    )
    expect(new Set(lines)).toEqual(new Set([1]))
    await context.close()
  },
)

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
