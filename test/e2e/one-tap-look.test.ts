/** One Tap as it is seen: by everybody, on small phones and tablets, in both languages. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { looks } from '../support/looks.ts'
import { askButton, ownersPage, scannedCode, setUp } from '../support/cashier.ts'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { brokenRules, overflowOf } from '../support/readable.ts'

const merchantNo = '898584058120001'

let house: House
let browser: Browser
let owner: Page
beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId: 'p1', merchantNo, terminals: [] })
  const key = await keyFor(house, { role: 'merchant', merchantNo })
  owner = await ownersPage(browser, house.url, merchantNo, key)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

/** By axe, and by nothing that is wider than the screen. */
async function readable(page: Page, where: string): Promise<void> {
  expect(await brokenRules(page), where).toEqual([])
  expect(await overflowOf(page), where).toBe(0)
}

const words = {
  zh: { other: 'English', next: '下一步', less: '少买了一些', cash: '现金', undo: '撤销', asked: '问过花呗' },
  en: { other: '中文', next: 'Next', less: 'Bought less', cash: 'Cash', undo: 'Undo', asked: 'Asked for Huabei' },
}

const screens = [
  ['zh', 'light', 390, 844],
  ['en', 'dark', 320, 568],
  ['zh', 'dark', 430, 932],
  ['en', 'light', 820, 1180],
] as const

for (const [language, colorScheme, width, height] of screens.slice(0, looks.length)) {
  test(`every step can be read by everybody: ${language}, ${colorScheme}, ${width} px`, async () => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme })
    const page = await setUp(context, await scannedCode(owner))
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click()
    const word = words[language]
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    const typed = async (keys: string, text: string) => {
      await page.locator('.empty').waitFor()
      await page.keyboard.type(keys)
      await expect.poll(() => page.locator('output').innerText()).toMatch(new RegExp(`\\s${text}$`))
    }
    await button(word.other).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe(language === 'en' ? 'en' : 'zh-CN')

    await readable(page, 'to begin with')
    await page.getByRole('button', { name: word.asked }).click()
    await typed('86.5', '86.5')
    await readable(page, 'amount')
    await button(word.next).click()
    await readable(page, 'outcome')
    const broken = await page.locator('.methods button').evaluateAll((buttons) =>
      buttons.flatMap((each) => {
        const text = document.createRange()
        text.selectNodeContents(each)
        return text.getClientRects().length > each.textContent.split(' ').length ? [each.textContent] : []
      }),
    )
    expect(broken, 'broken in the middle of a word').toEqual([])
    await button(word.less).click()
    await typed('5', '5')
    await readable(page, 'less')
    await button(word.cash).click()
    await button(word.undo).waitFor()
    await readable(page, 'told')
    // Catches: the line that says what waits lies under the button.
    const said = await page.getByRole('status').first().boundingBox()
    const below = await page.getByRole('button', { name: word.asked }).boundingBox()
    expect(said?.height).toBeGreaterThanOrEqual(20)
    expect((said?.y ?? 0) + (said?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0)
    expect(problems).toEqual([])
    await context.close()
  })
}

test('a screen is told what is asked next, and keys and Enter do what taps do', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await setUp(context, await scannedCode(owner))
  await askButton(page).focus()
  await page.keyboard.press('Enter')
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
  await expect.poll(focused).toBe('这单多少钱？')
  // The focus stays on the key that is pressed.
  await page.getByRole('button', { name: '1', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('1')
  await page.keyboard.type('2')
  // A key counts when it is kept, and there is nothing to go on with before.
  await expect.poll(() => page.locator('output').innerText()).toMatch(/\s12$/)
  await page.getByRole('button', { name: '下一步' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('¥12.00，后来呢？')
  await page.keyboard.press('Tab')
  await expect.poll(focused).toContain('微信')
  await context.close()
})

test('the page that shows codes can be read by everybody, and without script', async () => {
  for (const { name, colorScheme, viewport } of looks) {
    await owner.emulateMedia({ colorScheme })
    await owner.setViewportSize(viewport)
    await owner.goto(`${house.url}/m/${merchantNo}/phones`)
    await readable(owner, `the list, ${name}`)
    await scannedCode(owner)
    await readable(owner, `the code, ${name}`)
  }
  const { cookies } = await owner.context().storageState()
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: { cookies, origins: [] } })
  const page = await plain.newPage()
  await page.goto(`${house.url}/m/${merchantNo}/phones`)
  await page.getByRole('button', { name: '添加一台手机' }).click()
  expect(await page.getByRole('img', { name: '设置手机用的二维码' }).isVisible()).toBe(true)
  await plain.close()
})

test('a link opened inside WeChat is kept for the phone’s own browser', async () => {
  const link = await scannedCode(owner)
  const wechat = await browser.newContext({ userAgent: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50' })
  const page = await wechat.newPage()
  await page.goto(link)
  await page.getByText('在浏览器打开').waitFor()
  expect(page.url()).toBe(link)
  expect(await page.getByRole('button', { name: '开始使用' }).count()).toBe(0)
  await wechat.close()
  const own = await browser.newContext()
  await setUp(own, link)
  await own.close()
})

test('it can be installed, in the language of the page', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await setUp(context, await scannedCode(owner))
  const session = await context.newCDPSession(page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // A window that nothing of is kept of has no home screen.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
  const { data } = await session.send('Page.getAppManifest')
  expect(JSON.parse(data ?? '')).toMatchObject({ name: '花呗随手记', scope: '/tap', display: 'standalone' })
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('button', { name: '中文' }).waitFor()
  const english = await session.send('Page.getAppManifest')
  expect(JSON.parse(english.data ?? '')).toMatchObject({ name: 'One Tap', lang: 'en' })
  await context.close()
})

test('it is small', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const scripts = new Set<string>()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, type: kind }) => {
    if (kind === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(await scannedCode(owner))
  await page.getByRole('button', { name: '开始使用' }).click()
  await askButton(page).click()
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(80 * 1024)
  await context.close()
})
