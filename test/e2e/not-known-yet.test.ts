/** What nobody knows, or not yet, is never told as nothing; and few sales are no trend. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { signedIn } from '../support/session.ts'
import { daysAgo, hour } from '../support/shop-history.ts'

const terminalNo = '10000001'
const day = 24 * hour

let house: House
let browser: Browser
beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

let shops = 0
/** A shop of its own. @param at when somebody was refused there, and whether the till says that they left. */
async function openShop(refused: readonly { at: number; left?: boolean }[]) {
  const merchantNo = String(898_584_058_130_000 + (shops += 1))
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  const event = (id: string, at: number, type: WireEvent['type'], data: object): WireEvent => ({
    specversion: '1.0',
    id,
    source: `urn:terminal:${merchantNo}:${terminalNo}`,
    type,
    time: new Date(at).toISOString(),
    data: { checkoutId: id.slice(0, -1), ...data },
  })
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  const asked = { attempt: 1, amount: 10_000, method: 'HUABEI', code }
  await post(
    house,
    refused.flatMap(({ at, left = false }, i) => [
      event(`c${i}d`, at, 'tillsight.payment.declined', asked),
      ...(left ? [event(`c${i}l`, at + 60_000, 'tillsight.checkout.abandoned', {})] : []),
    ]),
  )
  const visit = await signedIn(browser, house.url, await keyFor(house, { role: 'merchant', merchantNo }), {
    viewport: phone,
  })
  const region = async (path: string, name?: string) => {
    await visit.page.goto(`${house.url}/m/${merchantNo}${path}`)
    const all = visit.page.getByRole('region', name === undefined ? {} : { name })
    return all.first().innerText()
  }
  return { ...visit, merchantNo, region }
}

test('where no outcome is known a loss is not told, its bar not drawn, and nothing compared', async () => {
  const now = Date.now()
  const { page, context, region } = await openShop(
    Array.from({ length: 60 }, (_, i) => ({ at: now - (i % 2 === 0 ? 5 : 20) * day - i * 60_000 })),
  )
  const week = `?from=${daysAgo(8)}&to=${daysAgo(2)}`
  const hero = await region(`/${week}`)
  expect(hero).toContain('少卖了多少还说不准，最多')
  expect(hero).not.toMatch(/¥0|对比的是/)
  for (const name of ['按原因', '按收银机']) {
    expect(await region(`/lost-sales${week}`, name)).toContain('说不准，最多 ¥3,000')
    expect(await page.getByRole('region', { name }).locator('.bar .swatch').count()).toBe(0)
  }
  expect(await region(`/lost-sales${week}`, '靠什么留住了这一单')).toContain('15 分钟内没看到付款')
  const causes = await region(`/causes${week}`, '为什么收不了')
  expect(causes).toContain('流失多少还说不准')
  expect(causes).not.toMatch(/¥0|没查到流失/)
  await context.close()
})

test('a sale of a minute ago is not told as nothing lost, nor as known', async () => {
  const now = Date.now()
  const fresh = await openShop([{ at: now - 60_000 }])
  const hero = await fresh.region('')
  expect(hero).toContain('没用成。有 1 单刚发生')
  expect(hero).not.toMatch(/没有让店里少卖钱|都清楚/)
  await fresh.context.close()

  const both = await openShop([{ at: now - 60_000 }, { at: now - 3 * day, left: true }])
  const said = await both.region('')
  expect(said).toContain('¥100')
  expect(said).toContain('1 单刚发生')
  expect(said).not.toContain('都清楚')
  await both.context.close()
})

test('of fewer than twenty lost sales no page says by how much they rose', async () => {
  const now = Date.now()
  const lost = (days: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ at: now - days * day - i * 60_000, left: true }))
  const week = `?from=${daysAgo(8)}&to=${daysAgo(2)}`
  const few = await openShop([...lost(4, 19), ...lost(20, 1), ...lost(11, 1)])
  const enough = await openShop([...lost(4, 21), ...lost(20, 1), ...lost(11, 14)])
  for (const [path, name] of [['/'], ['/causes', '为什么收不了']] as const) {
    const text = await few.region(path + week, name)
    expect(text).toContain('单数太少')
    expect(text).not.toMatch(/比前一段[多少]了/)
    expect(await enough.region(path + week, name)).toContain('比前一段多了 50%')
  }
  await few.context.close()
  await enough.context.close()
})

test('without a line the page says so, and does not blame the server', async () => {
  const { page, context, merchantNo } = await openShop([{ at: Date.now() - 3 * day }])
  await page.goto(`${house.url}/m/${merchantNo}`)
  await page.getByText('实时更新').waitFor()
  await context.setOffline(true)
  await page.getByRole('link', { name: '原因', exact: true }).click()
  await page.getByRole('heading', { name: '没有网络' }).waitFor()
  expect(await page.getByText('不是您的网络').count()).toBe(0)
  await context.setOffline(false)
  await context.close()
})
