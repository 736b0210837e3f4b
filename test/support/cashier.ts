/** A cashier with a phone, and the owner who sets it up: what they tap, and what the phone posts. */

import type { Browser, BrowserContext, Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import type { WireEvent } from '../judge/wire-event.ts'
import { phone } from './browser.ts'
import { signedIn } from './session.ts'

/** What a customer did after asking for Huabei; amounts as they are typed. */
export interface Customer {
  amount: string
  /** What was paid, where that was less. */
  less?: string
  /** Undefined: left. */
  method?: '微信' | '支付宝' | '现金' | '刷卡' | '云闪付' | '别的'
}

/** The owner, who signed in before, opens the page of the shop's phones. */
export async function ownersPage(browser: Browser, url: string, merchantNo: string, key: string): Promise<Page> {
  const { page } = await signedIn(browser, url, key, { viewport: phone })
  await page.goto(`${url}/m/${merchantNo}/phones`)
  return page
}

/** Pixels, wide and high. */
const pictureSize = 300

/** Has the owner show a code, and reads it as a camera does. */
export async function scannedCode(owner: Page): Promise<string> {
  await owner.getByRole('button', { name: /添加一台手机|换一个码/ }).click()
  const code = owner.getByRole('img', { name: '设置手机用的二维码' })
  await owner.waitForLoadState()
  await code.waitFor()
  // Black or white for each point: as numbers for each colour, the picture takes seconds on its way here.
  const points = await code.evaluate(async (svg, size) => {
    const image = new Image()
    const text = new XMLSerializer().serializeToString(svg).replace('<svg', `<svg width="${size}" height="${size}"`)
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`
    await image.decode()
    const context = Object.assign(document.createElement('canvas'), { width: size, height: size }).getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, size, size)
    context.drawImage(image, 0, 0, size, size)
    const { data } = context.getImageData(0, 0, size, size)
    return Array.from({ length: size * size }, (_, i) => ((data[4 * i] ?? 0) < 128 ? '1' : '0')).join('')
  }, pictureSize)
  const colours = Array.from(points, (point) => (point === '1' ? [0, 0, 0, 255] : [255, 255, 255, 255])).flat()
  return decodeQR({ width: pictureSize, height: pictureSize, data: Uint8ClampedArray.from(colours) })
}

export async function setUp(context: BrowserContext, link: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: '开始使用' }).click()
  await askButton(page).waitFor()
  // From then on it opens without a line.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  return page
}

export const askButton = (page: Page) => page.getByRole('button', { name: '问过花呗' })
export const status = (page: Page) => page.getByRole('status').first()

/** Types, and sees what stands there then: a key that is not shown yet is not kept yet. */
export async function type(page: Page, amount: string): Promise<void> {
  const keys = page.getByRole('group', { name: '数字键盘' })
  for (const key of amount) {
    // With its class: nothing typed and a typed 0 read alike.
    const before = await page.locator('output').evaluate((output) => output.outerHTML)
    await keys.getByRole('button', { name: key === '.' ? '小数点' : key, exact: true }).click()
    await page.waitForFunction((then) => document.querySelector('output')?.outerHTML !== then, before)
  }
}

/** Three taps and an amount. */
export async function note(page: Page, { amount, less, method }: Customer): Promise<void> {
  await askButton(page).click()
  await type(page, amount)
  await page.getByRole('button', { name: '下一步' }).click()
  if (less !== undefined) {
    await page.getByRole('button', { name: '少买了一些' }).click()
    await type(page, less)
  }
  await tell(page, method)
}

/** Tells how it ended, and sees that it is kept. */
export async function tell(page: Page, method?: Customer['method']): Promise<void> {
  await page.getByRole('button', { name: method ?? '没买，走了', exact: true }).click()
  await page.getByText('记好了').waitFor()
}

/** Waits until what was noted can't be taken back, and was sent. */
export const sent = (page: Page): Promise<void> => status(page).getByText('都送到了').waitFor({ timeout: 30_000 })

/** The cashier puts the phone away, which sends at once what can still be taken back, and looks at it again. */
export async function putAway(page: Page): Promise<void> {
  for (const visibility of ['hidden', 'visible']) {
    await page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, visibility)
  }
}

export async function putAwayAndSent(page: Page): Promise<void> {
  await putAway(page)
  await sent(page)
}

/** Every event that this browser posts, each once, whoever in it does. */
export function postedBy(context: BrowserContext): WireEvent[] {
  const events: WireEvent[] = []
  const known = new Map<string, string>()
  context.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().endsWith('/v1/events')) return
    for (const event of request.postDataJSON() as WireEvent[]) {
      const text = JSON.stringify(event)
      const before = known.get(event.id)
      if (before !== undefined && before !== text) throw new Error(`sent in two forms: ${before} ${text}`)
      if (before === undefined) events.push(event)
      known.set(event.id, text)
    }
  })
  return events
}
