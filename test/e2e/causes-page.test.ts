/** Why a shop loses, in a real browser; and the owner saying why where no code can tell: one tap, from then on. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { fen, obstaclesOn, percent, tableBehind } from '../support/owner.ts'
import { spacesBetweenChinese } from '../support/readable.ts'
import { signedIn } from '../support/session.ts'

const merchantNo = '898584058120001'
const stranger = '898584058120002'
const tills = ['10000001', '10000002']
const retired = '10000003'
const hour = 3_600_000

let house: House
let browser: Browser
let key: string
const events: WireEvent[] = []

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId: 'p1', merchantNo, terminals: [...tills, retired] })
  await register(house, { providerId: 'p1', merchantNo: stranger, terminals: ['10000001'] })
  await house.json('PUT', `/api/v1/merchants/${merchantNo}/terminals/${retired}`, { body: { retiredOn: '2026-01-01' } })
  key = await keyFor(house, { role: 'merchant', merchantNo })
  await happen(lastDays(Date.now()))
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

async function happen(more: readonly WireEvent[]): Promise<void> {
  await post(house, more)
  events.push(...more)
}

let checkouts = 0
/** Somebody is refused and leaves. */
function refused(at: number, code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }, till = 0): WireEvent[] {
  checkouts += 1
  const checkoutId = `c${checkouts}`
  const common = { specversion: '1.0', source: `urn:terminal:${merchantNo}:${tills[till] ?? ''}` }
  const data = { checkoutId, attempt: 1, amount: 5_000 + checkouts * 37, method: 'HUABEI', code }
  return [
    { ...common, id: `${checkoutId}-1`, type: 'tillsight.payment.declined', time: new Date(at).toISOString(), data },
    {
      ...{ ...common, id: `${checkoutId}-2`, type: 'tillsight.checkout.abandoned', data: { checkoutId } },
      time: new Date(at + 1_000).toISOString(),
    },
  ]
}

const codes = [
  { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
  { system: 'ALIPAY', value: 'ACQ.ACCESS_FORBIDDEN' },
  { system: 'ISO8583', value: '51' },
  { system: 'ALIPAY', value: 'ACQ.SYSTEM_ERROR' },
  { system: 'WECHAT', value: 'NOBODY_KNOWS' },
]
const lastDays = (now: number) =>
  Array.from({ length: 40 }, (_, i) => refused(now - 25 * hour - i * 3 * hour, codes[i % 5], i % 2)).flat()

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

function judged(now = Date.now(), range = { from: localDay(now - 29 * 24 * hour), to: localDay(now) }) {
  return judgeLostSales({ merchantNo, timeZone: 'Asia/Shanghai', events, ownCodes: [], now, ...range, interval: 'day' })
}

const address = (query = '') => `${house.url}/m/${merchantNo}/causes${query}`
const causesOn = (page: Page) => page.getByRole('region', { name: '为什么收不了' })
const lostBy = async (page: Page): Promise<Record<string, number | undefined>> =>
  Object.fromEntries((await tableBehind(causesOn(page))).map(([reason = '', lost = '']) => [reason, fen(lost)]))
const nowNoted = (page: Page) => page.getByRole('region', { name: '是店里自己没想开吗' }).getByRole('status')

/** What the log holds of declared causes, and what the registry says of who declared. */
async function recorded() {
  const { events: store, registry } = providedStores()
  const reports = await sql<{ terminalNo: string; id: string; time: number; cause: string }>`
    SELECT DISTINCT terminalNo, id, toInt64(time) AS time, toString(cause) AS cause
    FROM terminal_reports WHERE hasCause ORDER BY time, terminalNo`.execute(store.db)
  return {
    reports: reports.rows,
    declarations: await registry.selectFrom('declarations').selectAll().orderBy('declaredAt').execute(),
  }
}

/** The declared events as the judge reads them. */
const asEvents = (reports: Awaited<ReturnType<typeof recorded>>['reports']): WireEvent[] =>
  reports.map(({ terminalNo, id, time, cause }) => ({
    ...{ specversion: '1.0', id, source: `urn:terminal:${merchantNo}:${terminalNo}` },
    ...{ type: 'tillsight.terminal.reported', time: new Date(time).toISOString() },
    data: { methods: [], cause: cause === '' ? null : cause },
  }))

test('each cause has its share of the loss, and what else was declined stands beside it', async () => {
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(address())
  const { reasons, totals } = judged()
  const own = reasons.filter(({ netLost }) => netLost !== null)
  const rows = await tableBehind(causesOn(page))
  expect(rows.map(([, lost, share, n, amount]) => [fen(lost ?? ''), share, Number(n), fen(amount ?? '')])).toEqual(
    own
      .map(({ netLost, checkouts: n, amount }) => ({ lost: netLost?.amount ?? 0, n, amount }))
      .sort((a, b) => b.lost - a.lost)
      .map(({ lost, n, amount }) => [lost, percent(lost / totals.netLost.amount), n, amount]),
  )
  const beside = await tableBehind(page.getByRole('region', { name: '另外这些没付成' }))
  expect(beside.map(([, , n]) => Number(n))).toEqual([8, 8])
  const share = percent(totals.unmapped.checkouts / totals.declined.checkouts)
  expect(await page.getByRole('region', { name: '原因没认出来的' }).innerText()).toContain(share)
  await context.close()
})

test('beside each cause stands what it cost in the days before, and from when to when', async () => {
  const now = Date.now()
  const daysBefore = (from: number, to: number) => ({
    from: localDay(now - from * 24 * hour),
    to: localDay(now - to * 24 * hour),
  })
  const [range, before] = [daysBefore(3, 2), daysBefore(5, 4)]
  const { page, context } = await signedIn(browser, house.url, key)
  await page.goto(address(`?from=${range.from}&to=${range.to}`))
  const byReason = ({ reasons }: ReturnType<typeof judged>) =>
    new Map(reasons.flatMap(({ reason, netLost }) => (netLost === null ? [] : [[reason, netLost.amount] as const])))
  const [then, earlier] = [byReason(judged(now, range)), byReason(judged(now, before))]
  const rows = await tableBehind(causesOn(page))
  expect(rows.map((row) => row.slice(-2).map(fen))).toEqual(
    [...then].sort(([, a], [, b]) => b - a).map(([reason, lost]) => [lost, earlier.get(reason) ?? 0]),
  )
  expect(rows.length).toBeGreaterThan(0)
  expect(await causesOn(page).innerText()).toMatch(/对比的是.*单数太少/s)
  await page.goto(address(`?from=${range.from}&to=${range.to}&compare=none`))
  expect(await causesOn(page).innerText()).not.toContain('前一段')
  await context.close()
})

test('a tap counts from then on and not for the past, can be changed, and taken back', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { viewport: phone })
  await page.goto(address())
  await page.getByText('现在没有记原因').waitFor()
  const past = await lostBy(page)

  const tap = async (name: string, then: string) => {
    await page.getByRole('button', { name }).click()
    await nowNoted(page).getByText(then).waitFor()
    await happen([...refused(Date.now()), ...refused(Date.now(), codes[1], 1)])
  }
  await tap('手续费太高', '手续费太高')
  expect(await nowNoted(page).innerText()).toMatch(/您自己.*所有收银机（2 台）/s)
  expect(await spacesBetweenChinese(page)).toEqual([])
  await tap('怕担风险', '怕担风险')
  await tap('收回', '现在没有记原因')

  const { reports, declarations } = await recorded()
  expect(reports.map(({ terminalNo, cause }) => [cause, terminalNo])).toEqual(
    ['MARGIN_FEE', 'RISK_APPETITE', ''].flatMap((cause) => tills.map((till) => [cause, till])),
  )
  expect(declarations.map(({ role, cause }) => [role, cause])).toEqual([
    ...[
      ['merchant', 'MARGIN_FEE'],
      ['merchant', 'RISK_APPETITE'],
      ['merchant', null],
    ],
  ])
  events.push(...asEvents(reports))
  const lostTo = (reason: string) => judged().reasons.find((row) => row.reason === reason)?.netLost?.amount ?? 0
  expect(lostTo('MARGIN_FEE')).toBeGreaterThan(0)
  await page.reload()
  const found = await lostBy(page)
  expect(found['嫌手续费高，没开']).toBe(lostTo('MARGIN_FEE'))
  expect(found['担心有风险，没开']).toBe(lostTo('RISK_APPETITE'))
  expect(found['收银机没做花呗']).toBe(lostTo('TECH_NO_SUPPORT'))
  // Those of the time after it was taken back, and none of the time between.
  expect(lostTo('TECH_NO_SUPPORT')).toBeGreaterThan(past['收银机没做花呗'] ?? 0)
  await context.close()
})

const posted = (fields: Record<string, string>, headers: Record<string, string> = {}, shop = merchantNo) =>
  fetch(`${house.url}/m/${shop}/causes?/declare`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: `tillsight_key=${key}`, origin: house.url, accept: 'text/html', ...headers },
    body: new URLSearchParams(fields),
  })

test('the same tap twice is once', async () => {
  const form = { tap: crypto.randomUUID(), cause: 'CUSTOMER_MIX' }
  const answers = [...(await Promise.all([posted(form), posted(form)])), await posted(form)]
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
  const { reports, declarations } = await recorded()
  expect(reports.filter(({ cause }) => cause === 'CUSTOMER_MIX').map(({ terminalNo }) => terminalNo)).toEqual(tills)
  expect(declarations.filter(({ cause }) => cause === 'CUSTOMER_MIX')).toHaveLength(1)
})

test('nobody says why for a shop that is not theirs, from another site, or what no button says', async () => {
  const form = { tap: crypto.randomUUID(), cause: 'MARGIN_FEE' }
  const before = await recorded()
  const provider = await keyFor(house, { role: 'provider', providerId: 'p1' })
  await house.json('PUT', '/api/v1/providers/p2', { body: { name: 'Other' }, expected: 201 })
  const other = await keyFor(house, { role: 'provider', providerId: 'p2' })
  const action = { 'x-sveltekit-action': 'true', accept: 'application/json' }
  const statusOf = async (answer: Response) => ((await answer.json()) as { status: number }).status
  expect(await statusOf(await posted(form, action, stranger))).toBe(404)
  expect(await statusOf(await posted(form, { ...action, cookie: `tillsight_key=${other}` }))).toBe(404)
  expect(await statusOf(await posted({ ...form, cause: 'SILENT_SUBSTITUTION' }, action))).toBe(400)
  expect(await statusOf(await posted({ ...form, tap: 'mine' }, action))).toBe(400)
  expect((await posted(form, { origin: 'https://elsewhere.example' })).status).toBe(403)
  const [event] = asEvents(before.reports)
  const api = await house.call('POST', '/v1/events', { key, body: [event], headers: batch })
  expect(api.status).toBe(404)
  expect(await recorded()).toEqual(before)
  // Its own provider may post for its tills, and so may say why.
  expect((await posted(form, { cookie: `tillsight_key=${provider}` })).status).toBe(303)
  expect((await recorded()).declarations.at(-1)).toMatchObject({ role: 'provider', cause: 'MARGIN_FEE' })
})
const batch = { 'content-type': 'application/cloudevents-batch+json' }

test('it can be said without script, and the address stays what it was', async () => {
  const { page, context } = await signedIn(browser, house.url, key, { javaScriptEnabled: false, viewport: phone })
  const range = `?from=${localDay(Date.now() - 9 * 24 * hour)}&to=${localDay(Date.now())}`
  await page.goto(address(range))
  expect(await nowNoted(page).innerText()).toContain('收单机构')
  await page.getByRole('button', { name: '开通、换机太费事费钱' }).click()
  expect(await nowNoted(page).innerText()).toContain('开通、换机太费事费钱')
  expect(page.url()).toBe(address(range))
  await context.close()
})

test.each(looks)('the page can be read by everybody: $name', async (look) => {
  const { page, context } = await signedIn(browser, house.url, key, look)
  expect(await obstaclesOn(page, address())).toEqual([])
  await context.close()
})
