/** Somebody with a key in a browser: signing in, or signed in since long. */

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { desktop } from './browser.ts'

export type Setting = Parameters<Browser['newContext']>[0] & { english?: boolean }

export interface Visit {
  page: Page
  context: BrowserContext
  /** Errors of the page and in its console, from the first page on. */
  problems: string[]
}

async function newVisit(browser: Browser, options: Parameters<Browser['newContext']>[0]): Promise<Visit> {
  const context = await browser.newContext({ viewport: desktop, ...options })
  const page = await context.newPage()
  showsAll(page)
  return { context, page, problems: problemsOf(page) }
}

/** A page whose figures take long says that first. From now on it has what it shows when it was gone to. */
export function showsAll(page: Page): void {
  const goto = page.goto.bind(page)
  page.goto = async (...where) => {
    const response = await goto(...where)
    await page.locator('main .moving-line').waitFor({ state: 'detached' })
    return response
  }
}

/** Errors of the page and in its console from now on. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  return problems
}

/** Signs in with a merchant's or a provider's key and gives the first page. */
export async function signIn(
  browser: Browser,
  url: string,
  key: string,
  { english = false, ...options }: Setting = {},
): Promise<Visit> {
  const visit = await newVisit(browser, options)
  const { page } = visit
  await page.goto(url)
  await page.getByLabel('密钥').fill(key)
  await page.getByRole('button', { name: '进入' }).click()
  await page.waitForURL(/\/[mp]\/[^/]+$/)
  if (english) {
    await page.getByText('English').click()
    await page.getByText('中文').waitFor()
  }
  return visit
}

/** As somebody who signed in and chose a language before; no page is open yet, which spares the three that lead there. */
export async function signedIn(
  browser: Browser,
  url: string,
  key: string,
  { english = false, ...options }: Setting = {},
): Promise<Visit> {
  const visit = await newVisit(browser, options)
  await visit.context.addCookies([
    { name: 'tillsight_key', value: key, url },
    ...(english ? [{ name: 'tillsight_language', value: 'en', url }] : []),
  ])
  return visit
}
