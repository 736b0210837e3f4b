/** What a newcomer sees who types `npm run demo`. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, phone } from '../support/browser.ts'
import { callsTo } from '../support/house.ts'
import { startProcess } from '../support/process.ts'
import { showsAll } from '../support/session.ts'

const day = 86_400_000
const localDay = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

let temporary: string
let demo: Awaited<ReturnType<typeof startProcess>>

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tillsight-demo-test-'))
  // It posts two months of its shops first.
  demo = await startProcess('infra/demo.ts', [], { PORT: '0', TMPDIR: temporary }, /The operator's key: (\S+)/, 60_000)
})
afterAll(async () => {
  await demo.kill('SIGKILL')
  await rm(temporary, { recursive: true, force: true })
})

const links = () => [...demo.output().matchAll(/^ {2}(\S+?)　* (http\S+)\/sign-in#key=(\S+)/gm)]

const providerLink = (): string => /Their provider sees all of them, and \d+ more: (\S+)/.exec(demo.output())?.[1] ?? ''

/** Once the page has taken the key from the link. */
async function enter(page: Page, link: string): Promise<void> {
  showsAll(page)
  await page.goto(link)
  await expect.poll(() => page.getByLabel('密钥').inputValue()).not.toBe('')
  await page.getByRole('button', { name: '进入' }).click()
}

test('each of the twelve links opens a shop with figures of thirty days, beside those of the thirty before', async () => {
  expect(links()).toHaveLength(12)
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: phone })
  const [, name = '', url = '', key = ''] = links()[0] ?? []
  await enter(page, `${url}/sign-in#key=${key}`)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  expect(await page.getByText('因为收不了花呗，少卖了').isVisible()).toBe(true)
  expect(await page.locator('main').innerText()).toMatch(/比前一段(?:多|少)了|和前一段差不多/)
  await browser.close()
})

test('the provider’s link opens its pages, which list the twelve shops', async () => {
  const browser = await openBrowser()
  const page = await browser.newPage()
  await enter(page, providerLink())
  await page.waitForURL('**/p/*')
  await page.goto(`${page.url()}/merchants`)
  for (const [, name = ''] of links()) expect(await page.getByRole('link', { name }).count(), name).toBe(1)
  await browser.close()
})

test('the provider is told of one firmware that went bad, and when it began', async () => {
  const browser = await openBrowser()
  const page = await browser.newPage()
  await enter(page, providerLink())
  await page.waitForURL('**/p/*')
  await page.goto(`${page.url()}/compatibility`)
  const alarms = page.getByRole('region', { name: '突然变差的固件', exact: true })
  expect(await alarms.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['YT-Q1 · 5.1.0'])
  const began = new Date(localDay(Date.now() - 17 * day))
  expect(await alarms.innerText()).toContain(`${began.getUTCMonth() + 1}月${began.getUTCDate()}日`)
  await browser.close()
})

test('the provider is told of one terminal with each fault of the fleet', async () => {
  const browser = await openBrowser()
  const page = await browser.newPage()
  await enter(page, providerLink())
  await page.waitForURL('**/p/*')
  await page.goto(`${page.url()}/fleet`)
  const told = async () => {
    await page.reload()
    const faults = await page.getByRole('navigation', { name: '问题清单' }).getByRole('link').allInnerTexts()
    return faults.map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter((text) => !text.startsWith('0'))
  }
  const all = ['1 失联', '1 时钟不准', '1 序列号重复', '1 被拒收的数据']
  await expect.poll(told, { timeout: 30_000, interval: 1_000 }).toEqual(all)
  await browser.close()
})

test('the shops go on posting, and nothing that they post is refused', async () => {
  const [, , url = ''] = links()[0] ?? []
  const { call } = callsTo(url)
  const accepted = async () => {
    const text = await (await call('GET', '/metrics', { key: demo.ready[1] ?? '' })).text()
    expect(text).not.toMatch(/tillsight_ingest_events_total\{result="(?!accepted|unknown_terminal)/)
    return Number(/tillsight_ingest_events_total\{result="accepted"\} (\d+)/.exec(text)?.[1])
  }
  const before = await accepted()
  expect(before).toBeGreaterThan(10_000)
  await expect.poll(accepted, { timeout: 30_000 }).toBeGreaterThan(before)
})

test('every shop has a story: most of them lose sales', async () => {
  const [from, to] = [localDay(Date.now() - 29 * day), localDay(Date.now())]
  const keys = links()
  const losses = await Promise.all(
    keys.map(async ([, , url = '', key = '']) => {
      // Where the page would be: it takes longer to draw than the figure.
      const { headers } = await fetch(url, { redirect: 'manual', headers: { cookie: `tillsight_key=${key}` } })
      const [, merchantNo = ''] = /\/m\/(\w{15})/.exec(headers.get('location') ?? '') ?? []
      const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${from}&to=${to}`
      return (await callsTo(url).json<LostSales>('GET', path, { key })).totals.netLost.high
    }),
  )
  expect(losses.filter((loss) => loss > 100_000).length).toBeGreaterThanOrEqual(8)
})

test('the demo leaves nothing behind', async () => {
  expect((await demo.kill('SIGTERM')).code).toBe(0)
  expect((await readdir(temporary)).filter((name) => name.startsWith('tillsight-demo-'))).toEqual([])
})
