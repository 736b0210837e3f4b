/** How long a page that stays open takes to show what a till has just posted. */

import { randomUUID } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { post } from '../../support/house.ts'
import type { ServerProcess } from '../../support/process.ts'
import type { StoredSession } from './visit.ts'

/**
 * Milliseconds from the answer to the till until the first page of its shop says another loss, once for each of `times`. Nothing is
 * slowed down: what is waited for is the server.
 */
export async function followed(
  browser: Browser,
  session: StoredSession,
  server: ServerProcess,
  merchantNo: string,
  times: number,
): Promise<number[]> {
  const context = await browser.newContext({ storageState: session })
  try {
    const page = await context.newPage()
    await page.goto(`${server.url}/m/${merchantNo}`)
    await page.locator('.live').waitFor()
    const taken: number[] = []
    for (let i = 0; i < times; i += 1) {
      const shown = await page.locator('#hero').innerText()
      await postLoss(server, merchantNo)
      const answered = performance.now()
      await page.waitForFunction((before) => document.querySelector<HTMLElement>('#hero')?.innerText !== before, shown)
      taken.push(performance.now() - answered)
    }
    return taken
  } finally {
    await context.close()
  }
}

async function postLoss(server: ServerProcess, merchantNo: string): Promise<void> {
  const event = (type: string, data: object) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: `urn:terminal:${merchantNo}:10000001`,
    type: `tillsight.${type}`,
    time: new Date().toISOString(),
    data,
  })
  const checkoutId = randomUUID()
  const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' }
  await post(server, [
    event('payment.declined', { checkoutId, attempt: 1, amount: 12_300, method: 'HUABEI', code }),
    event('checkout.abandoned', { checkoutId }),
  ])
}
