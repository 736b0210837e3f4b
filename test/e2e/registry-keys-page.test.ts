/** Keys on a provider's registry page: the question before one is revoked, and that the page keeps what was searched for. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, phone } from '../support/browser.ts'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { looks } from '../support/looks.ts'
import { brokenRules, overflowOf } from '../support/readable.ts'
import { signedIn } from '../support/session.ts'

const providerId = 'p1'
const shops = Array.from({ length: 12 }, (_, i) => `8985840581200${String(i + 1).padStart(2, '0')}`)
const [, , shop = '', otherShop = ''] = shops
const terminalNo = '10000001'

let house: House
let browser: Browser
let key: string

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  for (const merchantNo of shops) {
    await register(house, { providerId, merchantNo, terminals: [terminalNo] })
    await keyFor(house, { role: 'merchant', merchantNo })
  }
  key = await keyFor(house, { role: 'provider', providerId })
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const open = async (query: string, setting = {}) => {
  const visit = await signedIn(browser, house.url, key, setting)
  await visit.page.goto(`${house.url}/p/${providerId}/registry${query}`)
  return visit
}
const parametersOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams)

for (const javaScriptEnabled of [true, false]) {
  test(`the question before a key is revoked stands by the key, with its name, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const { page, context } = await open('?key=Shop', { javaScriptEnabled, viewport: phone })
    const row = page.locator('#keys').getByRole('listitem').filter({ hasText: shop })
    const question = row.getByRole('alertdialog')
    await row.getByRole('link', { name: /^停用/ }).click()
    await question.waitFor()
    expect(await question.innerText()).toContain(`Shop ${shop} · ${shop}`)
    expect(await question.getAttribute('aria-labelledby')).not.toBeNull()
    const isFocused = () => question.evaluate((element) => element === document.activeElement)
    await expect.poll(isFocused).toBe(true)
    expect(await question.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(phone.height)

    await question.getByRole('link', { name: '不停用' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await row.getByRole('link', { name: /^停用/ }).evaluate((link) => link === document.activeElement)).toBe(
      true,
    )
    await context.close()
  })
}

test('issuing and revoking keep what was searched for', async () => {
  const { page, context } = await open(`?kind=merchants&q=Shop&page=2&key=${otherShop}`)
  const keys = page.locator('#keys')
  const kept = { kind: 'merchants', q: 'Shop', page: '2', key: otherShop }
  await keys.getByLabel('商户号', { exact: true }).fill('nobody')
  await keys.getByRole('button', { name: '发放密钥' }).click()
  await keys.getByRole('alert').waitFor()
  // What is typed before a page lives is for forms.test.ts. SvelteKit adds this to one that does.
  await page.locator('#svelte-announcer').waitFor({ state: 'attached' })
  expect(parametersOf(page)).toMatchObject(kept)
  expect(await keys.getByLabel('商户号', { exact: true }).inputValue()).toBe('nobody')

  await keys.getByLabel('商户号', { exact: true }).fill(otherShop)
  await keys.getByRole('button', { name: '发放密钥' }).click()
  expect(await keys.getByRole('status').innerText()).toMatch(/刷新.*切换语言.*再也看不到/s)
  expect(parametersOf(page)).toMatchObject(kept)
  // What was done is no part of what the page shows: no link carries it on.
  const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  expect(links.filter((href) => href.includes('issue'))).toEqual([])

  const row = keys.getByRole('listitem').filter({ hasText: otherShop }).first()
  await row.getByRole('link', { name: /^停用/ }).click()
  await row.getByRole('alertdialog').getByRole('button', { name: '停用' }).click()
  expect(await keys.getByRole('status').innerText()).toContain('已停用')
  expect(parametersOf(page)).toMatchObject(kept)
  expect(parametersOf(page)).not.toHaveProperty('revoke')
  await context.close()
})

test('importing keeps what was searched for', async () => {
  const { page, context } = await open('?kind=merchants&q=Shop')
  const buffer = Buffer.from(`kind,merchantNo,name,mcc,region\nmerchant,${shop},New,5812,440106`)
  await page.getByLabel('CSV 文件').setInputFiles({ name: 'shops.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: '上传并预览' }).click()
  await page.getByRole('button', { name: '确认写入 1 行' }).click()
  await page.getByText('写入完成').waitFor()
  expect(parametersOf(page)).toMatchObject({ kind: 'merchants', q: 'Shop' })
  await context.close()
})

test('a terminal is found by both its numbers, as a receipt or a spreadsheet has them', async () => {
  const wide = (text: string): string =>
    text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
  for (const text of [`${otherShop} ${terminalNo}`, ` ${otherShop}\t ${terminalNo}\u3000`, wide(otherShop)]) {
    const { page, context } = await open(`?q=${encodeURIComponent(text)}`)
    const found = page.locator('#search')
    expect(await found.getByRole('status').innerText()).toBe('共 1 条')
    expect(await found.innerText()).toContain(otherShop)
    await context.close()
  }
})

test('one of anything is said in the singular', async () => {
  const { page, context } = await open(`?kind=merchants&q=${otherShop}&key=${shop}`, { english: true })
  expect(await page.locator('#search').innerText()).toContain('1 terminal\n')
  expect(await page.locator('#keys').innerText()).toContain('1 key\n')
  const buffer = Buffer.from(`kind,merchantNo,name,mcc,region\nmerchant,${shop},Newer,5812,440106`)
  await page.getByLabel('CSV').setInputFiles({ name: 'shops.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('button', { name: 'Upload and preview' }).click()
  await page.getByRole('button', { name: 'Write 1 row', exact: true }).click()
  await page.getByText('Done').waitFor()
  expect(await page.locator('#import').innerText()).not.toMatch(/\b1 rows/)
  await context.close()
})

for (const { name, ...look } of looks) {
  test(`the question before a key is revoked can be read by everybody: ${name}`, async () => {
    const { page, context } = await open('', look)
    await page.locator('#keys').getByRole('listitem').first().getByRole('link').last().click()
    await page.getByRole('alertdialog').waitFor()
    expect(await brokenRules(page)).toEqual([])
    expect(await overflowOf(page)).toBe(0)
    await context.close()
  })
}
