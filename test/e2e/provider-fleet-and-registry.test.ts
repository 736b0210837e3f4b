/** A provider's fleet, registry and keys in a real browser: planted faults are pointed at, healthy terminals are not. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { TerminalReportRow } from '@tillsight/shared/store/tables.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WireEvent } from '../judge/wire-event.ts'
import { desktop, openBrowser, phone } from '../support/browser.ts'
import { looks } from '../support/looks.ts'
import { keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { brokenRules, overflowOf } from '../support/readable.ts'

const providerId = 'p1'
const [shop, otherShop, stranger] = ['898584058120001', '898584058120002', '898584058120003'] as const
const [healthy, gaps, clock, twin, silent, idle, late, minutes, cut] = [
  '10000001',
  '10000002',
  '10000003',
  '10000004',
  '10000005',
  '10000006',
  '10000007',
  '10000008',
  '10000009',
] as const
const everyTerminal = [healthy, gaps, clock, twin, silent, idle, late, minutes, cut]
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

let house: House
let browser: Browser
let key: string

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId, merchantNo: shop, terminals: everyTerminal.filter((no) => no !== twin) })
  await register(house, { providerId, merchantNo: otherShop, terminals: [twin] })
  await register(house, { providerId: 'p2', merchantNo: stranger, terminals: ['30000001'] })
  await house.json('PUT', `/api/v1/merchants/${otherShop}/terminals/${twin}`, { body: { serialNo: `sn${healthy} ` } })
  key = await keyFor(house, { role: 'provider', providerId })

  const now = Date.now()
  await post(house, [
    ...sales(shop, healthy, 20, () => now - 2_000),
    ...sales(shop, gaps, 40, (i) => now - (40 - i) * 10 * minute).filter((_, i) => i < 20 || i > 26),
    ...sales(shop, clock, 10, () => now + 4 * minute),
    ...sales(otherShop, twin, 5, () => now - 3_000),
    ...sales(shop, silent, 3, () => now - 40 * day),
  ])
  await house.call('POST', '/v1/events', {
    key,
    body: JSON.stringify(sales(shop, '10000099', 3, (i) => now - i * 1_000)),
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  })
  // When an event arrived is what the ingest says and no sender may: it is written beside the ingest.
  await providedStores().events.insert('terminal_reports', [
    ...twoDays(late, now, (i) => ((48 - i) % 6) * hour),
    ...twoDays(minutes, now, (i) => (i % 8) * minute),
    ...twoDays(cut, now, (i) => (i >= 20 && i < 30 ? (30 - i) * hour : 0)),
  ])
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const sales = (merchantNo: string, terminalNo: string, events: number, at: (i: number) => number): WireEvent[] =>
  Array.from({ length: events }, (_, i) => ({
    specversion: '1.0' as const,
    id: `${terminalNo}-${i}`,
    source: `urn:terminal:${merchantNo}:${terminalNo}`,
    type: 'tillsight.payment.succeeded' as const,
    time: new Date(at(i)).toISOString(),
    sequence: String(i + 1),
    data: { checkoutId: `${terminalNo}-${i}`, attempt: 1, amount: 1_000, method: 'WECHAT' as const },
  }))

/** An event every hour, the last an hour and a minute ago, a second under way and so much longer. */
const twoDays = (terminalNo: string, now: number, lateBy: (i: number) => number): TerminalReportRow[] =>
  Array.from({ length: 48 }, (_, i) => {
    const time = now - minute - (48 - i) * hour
    return {
      ...{ merchantNo: shop, terminalNo, time, id: `${terminalNo}-${i}`, body: '{}', sequence: String(i + 1) },
      ...{ huabei: '', hasCause: false, cause: '', firmware: '', model: '', receivedAt: time + 1_000 + lateBy(i) },
    }
  })

type Setting = Parameters<Browser['newContext']>[0] & { english?: boolean }

async function open(
  path: string,
  { english = false, ...options }: Setting = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: desktop, ...options })
  await context.addCookies([
    { name: 'tillsight_key', value: key, url: house.url },
    { name: 'tillsight_language', value: english ? 'en' : 'zh', url: house.url },
  ])
  const page = await context.newPage()
  await page.goto(`${house.url}/p/${providerId}/${path}`)
  return { page, context }
}

const listed = async (page: Page, list: string): Promise<string> => {
  await page.goto(`${house.url}/p/${providerId}/fleet?list=${list}`)
  return page.locator('#list').innerText()
}

test('each planted fault is pointed at, and the healthy terminals are not', async () => {
  const { page, context } = await open('fleet')
  const faulty = { silent, gaps, late, clock, never: idle }
  for (const [list, terminalNo] of Object.entries(faulty)) {
    const text = await listed(page, list)
    expect([list, ...everyTerminal.filter((no) => text.includes(no))]).toEqual([list, terminalNo])
  }
  expect(await listed(page, 'gaps')).toContain('缺 7 条')
  // What a terminal hands over at its first contact is history, and said to be.
  expect(await listed(page, 'late')).toMatch(/有 \d 台终端刚接入时补传了历史数据，这些不算迟。.*一半数据迟 3 小时以上/s)
  const doubled = await listed(page, 'serial')
  expect(doubled).toContain(`SN${healthy}`)
  expect(doubled).toContain(otherShop)
  expect(await page.getByRole('region', { name: '终端有没有在上报' }).innerText()).toContain('9 台中的 7 台')

  const file = await context.request.get(`${house.url}/p/${providerId}/fleet/file?list=gaps&format=csv`)
  expect(await file.text()).toContain(`${shop},Shop ${shop},${gaps}`)
  await context.close()
})

test('how late a terminal sends is said in the reader’s language, and in seconds in the file', async () => {
  const { page, context } = await open('fleet?list=late', { english: true })
  expect(await page.locator('#list').innerText()).toContain('Half come 3 h late or more')
  const file = await context.request.get(`${house.url}/p/${providerId}/fleet/file?list=late&format=csv`)
  // Median, 95th percentile and clock.
  expect((await file.text()).trim()).toMatch(new RegExp(`,${late},.*,10800,18000,1$`))
  await context.close()
})

test('refused events are told once where they are alike, with what to do, and are replayed by code, by source and one by one', async () => {
  const { page, context } = await open('fleet', { javaScriptEnabled: false, viewport: phone })
  const refused = page.locator('#quarantine')
  const replayed = () => refused.getByRole('status').innerText()
  expect(await refused.innerText()).toContain('3 条，来自 1 个来源')
  expect(await refused.innerText()).toMatch(/终端没有登记.*怎么办：在「登记与密钥」登记这台终端/s)
  await refused.getByRole('link', { name: '看来源' }).click()
  const alike = refused.getByRole('listitem').filter({ hasText: '3 条一样的' })
  expect(await alike.innerText()).toMatch(
    new RegExp(`Shop ${shop} · 终端 10000099.*技术信息：/source the terminal is not registered`, 's'),
  )
  await refused.getByRole('button', { name: '重新提交选中的' }).click()
  expect(await replayed()).toContain('还没有选中')
  await alike.getByRole('checkbox').check()
  await refused.getByRole('button', { name: '重新提交选中的' }).click()
  expect(await replayed()).toContain('收下 0 条，仍被拒收 3 条')

  await register(house, { providerId, merchantNo: shop, terminals: ['10000099'] })
  await alike.getByRole('link', { name: '逐条看' }).click()
  await refused.getByRole('checkbox').first().check()
  await refused.getByRole('button', { name: '重新提交选中的' }).click()
  expect(await replayed()).toContain('收下 1 条，仍被拒收 0 条')
  await refused.getByRole('link', { name: '回到按来源' }).click()
  await refused.getByRole('checkbox').first().check()
  await refused.getByRole('button', { name: '重新提交选中的' }).click()
  expect(await replayed()).toContain('收下 2 条，仍被拒收 0 条')
  expect(await refused.innerText()).toContain('没有被拒收的数据')
  await context.close()
})

test('an event that nobody can mend is shown as it was kept, and is not offered to be submitted again', async () => {
  const [sale] = sales(shop, healthy, 1, () => Date.now())
  const event = { ...sale, id: 'malformed', data: { ...sale?.data, amount: '12.00' } }
  await house.call('POST', '/v1/events', {
    key,
    body: JSON.stringify([event]),
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  })
  const { page, context } = await open('fleet', { javaScriptEnabled: false, viewport: phone })
  const refused = page.locator('#quarantine')
  await refused.getByRole('link', { name: /看来源.*格式不对/ }).click()
  await refused.getByRole('link', { name: '逐条看' }).click()
  await refused.getByText('看保留的内容').click()
  expect(await refused.locator('pre').innerText()).toContain('"id": "malformed"')
  expect(await refused.getByRole('button').count()).toBe(0)
  expect(await refused.getByRole('checkbox').count()).toBe(0)
  await context.close()
})

const csv = (...rows: string[]) => ({
  name: 'shops.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['kind,merchantNo,name,mcc,region,terminalNo,serialNo', ...rows].join('\n')),
})
const newShop = '898584058120055'

for (const javaScriptEnabled of [true, false]) {
  test(`a file is previewed, its errors named by row, and only then written, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const { page, context } = await open('registry', { javaScriptEnabled, viewport: phone })
    const no = javaScriptEnabled ? newShop : '898584058120056'
    const upload = page.locator('#import')
    await upload
      .getByLabel('CSV 文件')
      .setInputFiles(
        csv(
          `merchant,${no},茶馆,5812,440106`,
          `merchant,${otherShop},x,58,440106`,
          `terminal,${no},,,,70000001,SN-${no}`,
        ),
      )
    await upload.getByRole('button', { name: '上传并预览' }).click()
    const said = upload.getByRole('status')
    expect(await said.innerText()).toMatch(/商户\s*新增 1，更新 0，无变化 0\s*终端\s*新增 1，更新 0/)
    expect(await upload.getByRole('listitem').allInnerTexts()).toEqual([
      `第 3 行 商户 ${otherShop}\nmcc 应为：4 位数字，现在是“58”`,
    ])
    expect((await house.call('GET', `/api/v1/merchants/${no}`)).status).toBe(404)

    await upload.getByRole('button', { name: '确认写入 2 行' }).click()
    await upload.getByText('写入完成').waitFor()
    expect(await said.innerText()).toContain('处理 2 行，1 行有错未写入')
    expect(await house.json('GET', `/api/v1/merchants/${no}`)).toMatchObject({ name: '茶馆', providerId })

    await page.getByRole('searchbox', { name: '序列号' }).fill(`sn-${no}`)
    await page.getByRole('button', { name: '查找' }).first().click()
    const registry = page.getByRole('region', { name: '商户和终端' })
    await registry.getByText('共 1 条').waitFor()
    expect(await registry.innerText()).toContain('70000001')
    await context.close()
  })
}

test('a file of another provider’s shops changes none of them', async () => {
  const { page, context } = await open('registry')
  const upload = page.locator('#import')
  await upload.getByLabel('CSV 文件').setInputFiles(csv(`merchant,${stranger},Mine,5812,440106`))
  await upload.getByRole('button', { name: '上传并预览' }).click()
  expect(await upload.getByRole('listitem').innerText()).toContain('不是本机构能改的商户')
  expect(await upload.getByRole('button', { name: '确认写入' }).count()).toBe(0)
  await context.close()
})

test('a key is shown once, works, and stops working when it is revoked, which asks once', async () => {
  const { page, context } = await open('registry?kind=merchants', { javaScriptEnabled: false })
  const keys = page.locator('#keys')
  await keys.getByLabel('商户号', { exact: true }).fill(stranger)
  await keys.getByRole('button', { name: '发放密钥' }).click()
  expect(await keys.getByRole('alert').innerText()).toContain('没有发放')

  await keys.getByLabel('商户号', { exact: true }).fill(otherShop)
  await keys.getByRole('button', { name: '发放密钥' }).click()
  const secret = await keys.getByLabel('密钥', { exact: true }).inputValue()
  const read = () => house.call('GET', `/api/v1/merchants/${otherShop}`, { key: secret })
  expect((await read()).status).toBe(200)

  await page.goto(`${house.url}/p/${providerId}/registry`)
  expect(await page.content()).not.toContain(secret)
  const row = keys.getByRole('listitem').filter({ hasText: otherShop })
  expect(await row.innerText()).toMatch(new RegExp(`^Shop ${otherShop}\\n${otherShop} · .*最近使用`, 's'))
  await row.getByRole('link', { name: '停用' }).click()
  expect((await read()).status).toBe(200)
  await keys.getByRole('button', { name: '停用' }).click()
  expect(await keys.getByRole('status').innerText()).toContain('已停用')
  await expect.poll(async () => (await read()).status, { timeout: 5_000 }).toBe(401)
  await context.close()
})

test('a terminal’s key is issued from its row, found by its shop’s name, and revoked', async () => {
  const { page, context } = await open(`registry?q=${twin}`)
  const keys = page.locator('#keys')
  await page.locator('#search').getByRole('link', { name: '发放密钥' }).click()
  await page.waitForURL(`**terminalNo=${twin}**`)
  await keys.getByRole('button', { name: '发放密钥' }).click()
  expect(await keys.getByRole('status').innerText()).toContain(`Shop ${otherShop} · 终端 ${twin} · ${otherShop}`)
  const secret = await keys.getByLabel('密钥', { exact: true }).inputValue()
  const mayPost = async (): Promise<number> => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' }
    const body = JSON.stringify(sales(otherShop, twin, 1, () => Date.now() - 2_000))
    return (await house.call('POST', '/v1/events', { key: secret, headers, body })).status
  }
  expect(await mayPost()).toBe(200)

  await page.goto(`${house.url}/p/${providerId}/registry`)
  await keys.getByRole('searchbox').fill(`shop ${otherShop}`)
  await keys.getByRole('button', { name: '查找' }).click()
  const row = keys.getByRole('listitem').filter({ hasText: twin })
  await row.getByRole('link', { name: '停用' }).click()
  await keys.getByRole('button', { name: '停用' }).click()
  expect(await keys.getByRole('status').innerText()).toContain('已停用')
  await expect.poll(mayPost, { timeout: 5_000 }).toBe(401)
  await context.close()
})

const pages = ['fleet', 'registry', 'registry?kind=merchants']

for (const { name, ...look } of looks) {
  test(`the pages can be read by everybody: ${name}`, async () => {
    for (const path of pages) {
      const { page, context } = await open(path, look)
      expect(await brokenRules(page)).toEqual([])
      expect([path, await overflowOf(page)]).toEqual([path, 0])
      await context.close()
    }
  })
}

test('another provider’s pages are not there', async () => {
  const { page, context } = await open('fleet')
  for (const path of pages) {
    const answers = await Promise.all(
      ['p2', 'nobody'].map((id) => page.request.get(`${house.url}/p/${id}/${path}`, { maxRedirects: 0 })),
    )
    expect(answers.map((answer) => answer.status())).toEqual([404, 404])
  }
  await context.close()
})
