/** Somebody who signed in: their pages, and the figures of these. */

import type { Browser } from 'playwright-core'
import type { ServerProcess } from '../../support/process.ts'
import { signIn } from '../../support/session.ts'
import type { StoredSession } from './visit.ts'

export interface Visitor {
  key: string
  session: StoredSession
  /** Of the tabs: the folder of each page, '' for the first one. */
  pageIds: readonly string[]
}

export async function visitorWith(key: string, browser: Browser, { url }: ServerProcess): Promise<Visitor> {
  const { page, context } = await signIn(browser, url, key)
  const session = await context.storageState()
  // Of a large shop the first page may still be worked out.
  await page.locator('nav [data-page]').first().waitFor()
  const tabs = await page.locator('nav [data-page]').all()
  const pageIds = await Promise.all(tabs.map(async (tab) => (await tab.getAttribute('data-page')) ?? ''))
  await context.close()
  return { key, session, pageIds }
}

/** As the visitor's browser gets it: over the loopback, compressed. Anything but 200 is an error. */
export async function get(server: ServerProcess, { session }: Visitor, path: string): Promise<void> {
  const cookie = session.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const response = await server.call('GET', path, { key: null, headers: { cookie } })
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${body}\n${server.output()}`)
}
