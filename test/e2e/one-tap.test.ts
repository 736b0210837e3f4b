/** One Tap in a real browser: set up by a code, offline, closed, killed, revoked; and the figures are what the cashier saw. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { judgeLostSales } from '../judge/lost-sales.ts'
import type { WireEvent } from '../judge/wire-event.ts'
import { openBrowser, openBrowserWith, phone } from '../support/browser.ts'
import {
  askButton,
  note,
  ownersPage,
  postedBy,
  putAway,
  putAwayAndSent,
  scannedCode,
  sent,
  setUp,
  status,
  tell,
  type,
} from '../support/cashier.ts'
import { openLine, type Line } from '../support/line.ts'
import { keyFor, openHouse, register, type House } from '../support/house.ts'

const dayMs = 24 * 3_600_000
/** `npm run soak` raises it. */
const darkRounds = Math.ceil(Number(process.env['KILL_ROUNDS'] ?? 1) / 20)

// Phones are set up, killed and started again, several times in a test.
vi.setConfig({ testTimeout: 120_000 })

let house: House
let browser: Browser
/** Between the phones and the house. */
let line: Line
beforeAll(async () => {
  house = await openHouse({}, dashboard)
  line = await openLine(house.url)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await line.close()
  await house.stop()
})

interface Terminal {
  terminalNo: string
  received: number
  missing: number | null
  retiredOn: string | null
}

async function goOffline(context: BrowserContext): Promise<void> {
  line.cut()
  await context.setOffline(true)
}
async function goOnline(context: BrowserContext): Promise<void> {
  line.mend()
  await context.setOffline(false)
}

/** A shop of its own for each test, with the owner's page of its phones open. */
let shops = 0
async function openShop() {
  const merchantNo = String(898_584_058_120_000 + (shops += 1))
  await register(house, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
  const key = await keyFor(house, { role: 'merchant', merchantNo })
  const owner = await ownersPage(browser, line.url, merchantNo, key)
  const terminals = async () => {
    const path = `/api/v1/merchants/${merchantNo}/terminals`
    const answer = await house.json<{ terminals: Terminal[] }>('GET', path, { key })
    return answer.terminals.filter(({ terminalNo }) => terminalNo !== '10000001')
  }
  return { merchantNo, key, owner, terminals, link: await scannedCode(owner) }
}

const newPhone = (options: Parameters<Browser['newContext']>[0] = {}) =>
  browser.newContext({ viewport: phone, ...options })

const localDay = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(at)

/** The shop's figures, when they are those that the judge reads from what was posted. */
async function figures(merchantNo: string, events: readonly WireEvent[]): Promise<LostSales['totals']> {
  const now = Date.now()
  const range = { from: localDay(now - dayMs), to: localDay(now) }
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${range.from}&to=${range.to}`
  const { totals } = await house.json<LostSales>('GET', path)
  const zone = { merchantNo, timeZone: 'Asia/Shanghai' }
  const judged = judgeLostSales({ ...zone, events, ownCodes: [], now, ...range, interval: 'day' })
  expect(totals).toEqual(judged.totals)
  return totals
}

test('a phone is set up by scanning the owner’s code; three taps a customer, and the figures are what the judge reads', async () => {
  const { merchantNo, owner, terminals, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  const page = await setUp(context, link)
  expect(page.url()).toBe(`${line.url}/tap`)
  expect(await page.getByText(`Shop ${merchantNo}`).isVisible()).toBe(true)
  await owner.getByText('设置好了：TAP00001').waitFor()

  await note(page, { amount: '86.50', method: '微信' })
  await note(page, { amount: '120', less: '45.05', method: '现金' })
  await note(page, { amount: '30' })
  await note(page, { amount: '0.5', method: '支付宝' })
  await sent(page)

  const { unsupported, outcomes, netLost } = await figures(merchantNo, events)
  expect(unsupported).toEqual({ checkouts: 4, amount: 8_650 + 12_000 + 3_000 + 50 })
  expect(outcomes.recoveredOther).toEqual({ checkouts: 2, amount: 8_700 })
  expect(outcomes.downsized).toEqual({ checkouts: 1, amount: 12_000, paid: 4_505 })
  expect(outcomes.abandoned).toEqual({ checkouts: 1, amount: 3_000 })
  expect(netLost.amount).toBe(7_495 + 3_000)
  expect(await terminals()).toMatchObject([{ terminalNo: 'TAP00001', received: 8, missing: 0 }])
  await context.close()
})

test.each([
  { does: 'can’t promise to keep anything', storage: 'undefined' },
  { does: 'asks the cashier first, who doesn’t answer', storage: '{ persist: () => new Promise(() => {}) }' },
])('a phone whose browser $does is set up all the same', async ({ storage }) => {
  const { link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  await context.addInitScript(`Object.defineProperty(Navigator.prototype, 'storage', { get: () => (${storage}) })`)
  const page = await setUp(context, link)
  await note(page, { amount: '50' })
  await sent(page)
  expect(events).toHaveLength(2)
  await context.close()
})

test('what was tapped by mistake can be taken back, and nothing of it was sent', async () => {
  const { merchantNo, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  const page = await setUp(context, link)
  await note(page, { amount: '50' })
  await page.getByRole('button', { name: '撤销' }).click()
  await tell(page, '微信')
  await putAwayAndSent(page)
  expect((await figures(merchantNo, events)).outcomes).toMatchObject({
    recoveredOther: { checkouts: 1, amount: 5_000 },
    abandoned: { checkouts: 0 },
  })
  expect(events.map(({ sequence }) => sequence)).toEqual(['1', '2'])
  await context.close()
})

test('a code sets up one phone; the second that scans it is told so', async () => {
  const { terminals, link } = await openShop()
  const [first, second] = [await newPhone(), await newPhone()]
  await setUp(first, link)
  const page = await second.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: '开始使用' }).click()
  expect(await page.getByRole('alert').innerText()).toContain('用过了')
  expect(await terminals()).toHaveLength(1)
  await Promise.all([first.close(), second.close()])
})

test('without a line the page opens, notes and keeps; it sends when there is one again', async () => {
  const { merchantNo, terminals, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  let page = await setUp(context, link)
  await goOffline(context)
  await page.reload()
  await note(page, { amount: '10', method: '现金' })
  await note(page, { amount: '20' })
  await page.close()

  page = await context.newPage()
  await page.goto(`${line.url}/tap`)
  await expect.poll(() => status(page).innerText(), { timeout: 15_000 }).toBe('没有网络，2 笔等着送')
  await note(page, { amount: '30', method: '刷卡' })
  expect(await terminals()).toMatchObject([{ received: 0 }])
  await goOnline(context)
  await putAwayAndSent(page)
  expect((await figures(merchantNo, events)).unsupported).toEqual({ checkouts: 3, amount: 6_000 })
  expect(await terminals()).toMatchObject([{ received: 6, missing: 0 }])
  await context.close()
})

test('what waits is sent when the line is back although the page is closed', async () => {
  const { merchantNo, terminals, link } = await openShop()
  const context = await newPhone()
  const page = await setUp(context, link)
  const worker = await context.newCDPSession(page)
  let registrationId = ''
  worker.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const one of registrations) if (one.scopeURL.endsWith('/tap')) ({ registrationId } = one)
  })
  await worker.send('ServiceWorker.enable')
  await goOffline(context)
  await note(page, { amount: '40' })
  await page.goto('about:blank')
  await goOnline(context)
  expect(await terminals()).toMatchObject([{ received: 0 }])
  // As the system does when there is a line.
  await expect.poll(() => registrationId).not.toBe('')
  const reminder = { origin: line.url, registrationId, tag: 'tillsight-tap-send', lastChance: false }
  await worker.send('ServiceWorker.dispatchSyncEvent', reminder)
  await expect.poll(async () => (await terminals())[0]?.received, { timeout: 20_000 }).toBe(2)

  const events = postedBy(context)
  await page.goto(`${line.url}/tap`)
  await putAwayAndSent(page)
  expect(events).toEqual([])
  const now = Date.now()
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${localDay(now - dayMs)}&to=${localDay(now)}`
  expect((await house.json<LostSales>('GET', path)).totals.netLost.amount).toBe(4_000)
  await context.close()
})

/** The renderer ends between two instructions, as where the system takes its memory. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  const session = await page.context().newCDPSession(page)
  void session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}

test('a page that is killed after any tap goes on where it was, and nothing is lost or doubled', async () => {
  const { merchantNo, terminals, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  let page = await setUp(context, link)
  const reopened = async () => {
    await crash(page)
    page = await context.newPage()
    await page.goto(`${line.url}/tap`)
  }
  const customers = 4
  for (let i = 1; i <= customers; i += 1) {
    await askButton(page).click()
    await type(page, '1')
    if (i === 1) await reopened()
    await type(page, String(i))
    await page.getByRole('button', { name: '下一步' }).click()
    await page.getByText('后来呢').waitFor()
    if (i === 2) await reopened()
    await tell(page, i % 2 === 0 ? undefined : '现金')
    if (i >= 3) await reopened()
  }
  await askButton(page).waitFor()
  await putAwayAndSent(page)
  // In the middle of sending.
  for (let i = 1; i <= 3; i += 1) {
    await note(page, { amount: String(i) })
    const posting = page.waitForRequest('**/v1/events')
    await putAway(page)
    await posting
    await reopened()
    await putAwayAndSent(page)
  }
  const { unsupported } = await figures(merchantNo, events)
  expect(unsupported).toEqual({ checkouts: 7, amount: 100 * (11 + 12 + 13 + 14 + 1 + 2 + 3) })
  expect(await terminals()).toMatchObject([{ received: 14, missing: 0 }])
  await context.close()
})

/** The processes of the browser that has this profile. */
async function processesOf(profileDir: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const own = await Promise.all(
    ids.map(async (id) => (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).includes(profileDir)),
  )
  return ids.filter((_, i) => own[i]).map(Number)
}

test('a phone that goes dark the moment something was noted has it when it is on again', async () => {
  const { merchantNo, terminals, link } = await openShop()
  const profileDir = await mkdtemp(join(tmpdir(), 'tillsight-phone-'))
  let context = await openBrowserWith(profileDir)
  let page = await setUp(context, link)
  for (let i = 1; i <= darkRounds; i += 1) {
    line.cut()
    await note(page, { amount: '2' })
    for (const id of await processesOf(profileDir)) process.kill(id, 'SIGKILL')
    await context.close().catch(() => {})
    line.mend()
    context = await openBrowserWith(profileDir)
    page = await context.newPage()
    await page.goto(`${line.url}/tap`)
    // A page that is not alive yet does not notice that it is put away, and waits until nothing can be taken back.
    await page.getByText('记好了').waitFor()
    await putAwayAndSent(page)
  }
  await context.close()
  await rm(profileDir, { recursive: true, force: true })
  expect(await terminals()).toMatchObject([{ received: 2 * darkRounds, missing: 0 }])
  const now = Date.now()
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${localDay(now - dayMs)}&to=${localDay(now)}`
  expect((await house.json<LostSales>('GET', path)).totals.netLost.amount).toBe(200 * darkRounds)
})

test('a phone that the owner turns off is told within 5 s, keeps what it has, and sends it after the next code', async () => {
  const { merchantNo, owner, terminals, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  const page = await setUp(context, link)
  await note(page, { amount: '10', method: '微信' })
  await putAwayAndSent(page)
  await owner.reload()
  await owner.getByRole('button', { name: '停用 TAP00001' }).click()
  await owner.getByText('已停用').waitFor()
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  await note(page, { amount: '20' })
  await putAway(page)
  await page.getByText('这台手机停用了').waitFor({ timeout: 15_000 })
  expect(await page.getByText('还有 1 笔存在手机里').isVisible()).toBe(true)
  expect(await terminals()).toMatchObject([{ received: 2 }])
  expect((await terminals())[0]?.retiredOn).not.toBeNull()

  await page.goto(await scannedCode(owner))
  await page.getByRole('button', { name: '开始使用' }).click()
  await putAwayAndSent(page)
  expect(await terminals()).toMatchObject([{ terminalNo: 'TAP00001', received: 4, missing: 0, retiredOn: null }])
  expect((await figures(merchantNo, events)).unsupported).toEqual({ checkouts: 2, amount: 3_000 })
  await context.close()
})

test('a phone whose clock is far ahead says so, and keeps what is not taken', async () => {
  const { terminals, link } = await openShop()
  const context = await newPhone()
  await context.addInitScript(() => {
    const right = Date.now.bind(Date)
    Date.now = () => right() + 10 * 60_000
  })
  const page = await setUp(context, link)
  await note(page, { amount: '10' })
  await putAway(page)
  await expect.poll(() => status(page).innerText()).toContain('手机时间快了')
  await page.reload()
  await expect.poll(() => status(page).innerText(), { timeout: 20_000 }).toContain('1 笔还没收下')
  expect(await terminals()).toMatchObject([{ received: 0 }])
  await context.close()
})

test('of two windows the one in use sends, and each goes on where the other was', async () => {
  const { merchantNo, terminals, link } = await openShop()
  const context = await newPhone()
  const events = postedBy(context)
  const one = await setUp(context, link)
  const two = await context.newPage()
  await two.goto(`${line.url}/tap`)
  for (const page of [one, two, one]) await note(page, { amount: '10' })
  await putAwayAndSent(one)
  expect((await figures(merchantNo, events)).unsupported).toEqual({ checkouts: 3, amount: 3_000 })
  expect(await terminals()).toMatchObject([{ received: 6, missing: 0 }])
  await context.close()
})

test('nobody sets up phones of another’s shop, and by the API an owner still only reads', async () => {
  const [own, other] = [await openShop(), await openShop()]
  const strange = await own.owner.goto(`${line.url}/m/${other.merchantNo}/phones`)
  expect(strange?.status()).toBe(404)
  const asOwner = { headers: { cookie: `tillsight_key=${own.key}`, origin: house.url, accept: 'text/html' } }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  for (const action of ['add', 'remove']) {
    const answer = await fetch(`${house.url}/m/${other.merchantNo}/phones?/${action}`, {
      method: 'POST',
      headers: { ...asOwner.headers, ...form },
      body: 'terminalNo=TAP00001',
    })
    expect(answer.status).toBe(404)
  }
  const path = `/api/v1/merchants/${own.merchantNo}/terminals/TAP00009`
  expect((await house.call('PUT', path, { key: own.key, body: {} })).status).toBe(404)
  const holder = { role: 'terminal', merchantNo: own.merchantNo, terminalNo: '10000001' }
  expect((await house.call('POST', '/api/v1/keys', { key: own.key, body: holder })).status).toBe(404)
  const guess = { secret: 'a guess', device: 'Android' }
  expect((await house.call('POST', '/tap/set-up', { key: null, body: guess })).status).toBe(404)
})
