/** What a file that somebody imports is told: every mistake by its row and number, on the page and as a file to mend. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { brokenRules, overflowOf } from '../support/readable.ts'
import { signedIn, type Setting } from '../support/session.ts'

const providerId = 'p1'
const [shop, stranger] = ['898584058120001', '898584058120003'] as const
const numberOf = (n: number): string => `8985840581${String(n).padStart(5, '0')}`

let house: House
let browser: Browser
let key: string

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId, merchantNo: shop, terminals: ['10000001'] })
  await register(house, { providerId: 'p2', merchantNo: stranger, terminals: [] })
  key = await keyFor(house, { role: 'provider', providerId })
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

interface Upload {
  page: Page
  upload: Locator
  close: () => Promise<void>
}

async function opened(setting: Setting = {}): Promise<Upload> {
  const { page, context } = await signedIn(browser, house.url, key, setting)
  await page.goto(`${house.url}/p/${providerId}/registry`)
  return { page, upload: page.locator('#import'), close: () => context.close() }
}

async function preview({ upload }: Upload, text: string, name = 'shops.csv'): Promise<void> {
  await upload.getByLabel('CSV').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await upload.getByRole('button', { name: /上传并预览|Upload and preview/ }).click()
  await upload.getByRole('status').or(upload.getByRole('alert')).waitFor()
}

const head = 'kind,merchantNo,name,mcc,region,terminalNo,serialNo'
const csv = (...rows: string[]): string => [head, ...rows].join('\n')
const refusedIn = ({ upload }: Upload): Promise<string[]> => upload.getByRole('listitem').allInnerTexts()

test('a refused row is told as a spreadsheet counts it, with its number and what stands there', async () => {
  const visit = await opened({ viewport: phone })
  await preview(
    visit,
    csv(
      `merchant,${numberOf(2)},"茶馆\n（天河店）",5812,440106`,
      '',
      ',,,,,,',
      `merchant,${numberOf(5)},x,58,440106`,
      `terminal,${stranger},,,,70000001,S1`,
      `merchant,${numberOf(7)},x,5812,990106`,
      `merchant,${numberOf(8)},x,5812`,
    ),
  )
  expect(await refusedIn(visit)).toEqual([
    // A line break in a name is one that no record may have.
    expect.stringMatching(new RegExp(`^第 2 行.*${numberOf(2)}.*name`, 's')),
    expect.stringMatching(new RegExp(`^第 5 行.*${numberOf(5)}.*mcc 应为：4 位数字，现在是“58”`, 's')),
    expect.stringMatching(new RegExp(`^第 6 行.*${stranger}.*70000001.*不是本机构能改的商户`, 's')),
    expect.stringMatching(new RegExp(`^第 7 行.*${numberOf(7)}.*990106.*没有以 99 开头的省份代码`, 's')),
    expect.stringMatching(new RegExp(`^第 8 行.*${numberOf(8)}.*没有填 region.*6 位行政区划代码`, 's')),
  ])
  expect(await visit.upload.innerText()).not.toContain('确认写入')
  await visit.close()
})

test('rows that contradict each other are refused with both row numbers, and rows that say the same are not', async () => {
  const visit = await opened()
  const [twice, same] = [numberOf(21), numberOf(22)]
  await preview(
    visit,
    csv(
      `merchant,${twice},茶馆,5812,440106`,
      `merchant,${same},花店,5812,440106`,
      `merchant,${same},花店,5812,440106`,
      `merchant,${twice},茶室,5812,440106`,
      `terminal,${shop},,,,10000021,S1`,
      `terminal,${shop},,,,10000021,S2`,
    ),
  )
  expect(await refusedIn(visit)).toEqual([
    expect.stringMatching(new RegExp(`^第 2 行.*${twice}.*第 5 行.*不一样`, 's')),
    expect.stringMatching(new RegExp(`^第 5 行.*${twice}.*第 2 行.*不一样`, 's')),
    expect.stringMatching(/^第 6 行.*10000021.*第 7 行.*不一样/s),
    expect.stringMatching(/^第 7 行.*10000021.*第 6 行.*不一样/s),
  ])
  expect(await visit.upload.getByRole('status').innerText()).toMatch(/商户\s*新增 1，更新 0，无变化 1/)
  await visit.close()
})

test('a file without content is told apart from no file, and from one that can’t be read', async () => {
  const visit = await opened({ javaScriptEnabled: false })
  const said = () => visit.upload.getByRole('alert').innerText()
  await preview(visit, '')
  expect(await said()).toContain('文件是空的')
  // The page begins far above it.
  expect(new URL(visit.page.url()).hash).toBe('#import')
  await preview(visit, '\n \n')
  expect(await said()).toContain('文件是空的')
  await preview(visit, `${head}\n`)
  expect(await said()).toContain('只有列名')
  await preview(visit, 'kind,"name')
  expect(await said()).toContain('读不了')
  await preview(visit, csv(`merchant,${shop},x,5812,440106`, `merchant,${shop},新"茶"馆,5812,440106`))
  expect(await said()).toContain('第 3 行的英文引号')
  await preview(visit, csv(`merchant,${shop},x,5812,440106`).replaceAll(',', ';'))
  expect(await said()).toContain('没有一行填了 kind')
  await visit.close()
})

test('a file that is too large is told so, and how large one may be', async () => {
  const visit = await opened()
  await preview(visit, 'x'.repeat(33 * 1024 * 1024))
  expect(await visit.upload.getByRole('alert').innerText()).toMatch(/文件太大.*32 MB、最多 250,000 行/)
  await visit.close()
})

test('all refused rows can be taken away, mended and imported, and are still known after half an hour', async () => {
  const visit = await opened({ english: true })
  const rows = 250
  const bad = Array.from({ length: rows }, (_, i) => `merchant,${numberOf(1000 + i)},"=1+1, ""x"" ${i}",58,440106`)
  await preview(visit, csv(`merchant,${numberOf(31)},Tea,5812,440106`, ...bad))
  expect((await refusedIn(visit)).length).toBe(200)

  const file = async (): Promise<string> => {
    const link = visit.upload.getByRole('link', { name: 'CSV' })
    const download = visit.page.waitForEvent('download')
    await link.click()
    const chunks: Buffer[] = []
    for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }
  const text = await file()
  const lines = text.replace('\uFEFF', '').trim().split('\r\n')
  expect(lines.length).toBe(rows + 1)
  expect(lines.slice(0, 2)).toEqual([
    'Row,Column,Value,Reason,kind,merchantNo,name,providerId,mcc,region,timeZone,' +
      'terminalNo,serialNo,deviceType,vendor,model,firmware,retiredOn',
    '3,mcc,58,"mcc must be four digits, not “58”",' + `merchant,${numberOf(1000)},"'=1+1, ""x"" 0",,58,440106,,,,,,,,`,
  ])

  await visit.upload.getByRole('button', { name: 'Write 1 row', exact: true }).click()
  await visit.upload.getByText('Done').waitFor()
  // As if this process had forgotten it.
  await providedStores().registry.updateTable('imports').set({ id: 'old' }).execute()
  await visit.page.goto(`${house.url}/p/${providerId}/registry?import=old`)
  expect((await refusedIn(visit)).length).toBe(200)
  expect(await file()).toBe(text)

  await preview(visit, text.replaceAll(',58,', ',5812,'), 'mended.csv')
  expect(await visit.upload.getByRole('status').innerText()).toMatch(/250 new, 0 changed/)
  await visit.upload.getByRole('button', { name: 'Write 250 rows' }).click()
  await visit.upload.getByText('Done').waitFor()
  expect(await house.json('GET', `/api/v1/merchants/${numberOf(1000)}`)).toMatchObject({ name: '=1+1, "x" 0' })
  await visit.close()
})

test('a file name that no text of the registry can be spoils no import', async () => {
  const form = new FormData()
  form.set('file', new Blob([csv(`merchant,${numberOf(51)},x,5812,440106`)]), `a\0${'b'.repeat(10_000)}.csv`)
  const headers = { cookie: `tillsight_key=${key}`, origin: house.url, accept: 'text/html' }
  const page = `${house.url}/p/${providerId}/registry`
  const post = (action: string, body: FormData | URLSearchParams) =>
    fetch(`${page}?/${action}`, { method: 'POST', body, headers, redirect: 'manual' })
  const id = /import=([^#]*)/.exec((await post('preview', form)).headers.get('location') ?? '')?.[1] ?? ''
  await post('import', new URLSearchParams({ import: id }))
  const written = async () => (await fetch(`${page}?import=${id}`, { headers })).text()
  await expect.poll(written).toMatch(/写入完成：处理 1 行/)
  expect(await written()).not.toContain('b'.repeat(300))
})

test('another provider’s refused rows are not there', async () => {
  const visit = await opened()
  await preview(visit, csv(`merchant,${shop},x,58,440106`))
  const id = new URL(visit.page.url()).searchParams.get('import') ?? ''
  const other = await keyFor(house, { role: 'provider', providerId: 'p2' })
  const ask = async (provider: string, cookie: string, importId: string): Promise<number> => {
    const path = `/p/${provider}/registry/refused?import=${importId}&format=xlsx`
    return (await fetch(house.url + path, { headers: { cookie: `tillsight_key=${cookie}` } })).status
  }
  expect(await ask('p1', key, id)).toBe(200)
  expect(await ask('p1', key, 'unknown')).toBe(404)
  expect(await ask('p1', other, id)).toBe(404)
  expect(await ask('p2', other, id)).toBe(404)
  await visit.close()
})

for (const { name, ...look } of looks) {
  test(`a preview with refused rows can be read by everybody: ${name}`, async () => {
    const visit = await opened(look)
    await preview(visit, csv(`merchant,${numberOf(41)},x,5812,440106`, `merchant,${'9'.repeat(300)},x,58,440106`))
    expect(await brokenRules(visit.page)).toEqual([])
    expect(await overflowOf(visit.page)).toBe(0)
    await visit.close()
  })
}
