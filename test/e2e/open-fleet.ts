/** The fleet with its planted faults in a running house, and its acquirer in a browser. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Page } from 'playwright-core'
import type { AdoptionQuestion } from '../judge/adoption.ts'
import { openBrowser } from '../support/browser.ts'
import { keyFor, openHouse, post, type House } from '../support/house.ts'
import { signedIn, type Setting, type Visit } from '../support/session.ts'
import { registerWorld } from '../truth/world.ts'
import { fleetEvents, hour, localDay, merchants, providerId, terminals } from './provider-fleet.ts'

export interface OpenFleet {
  house: House
  key: string
  /** Of the thirty days that pages show. */
  asked: AdoptionQuestion
  /** A page with the provider's key. */
  visit: (path: string, setting?: Setting, as?: string) => Promise<Visit>
  close: () => Promise<void>
}

export async function openFleet(now: number): Promise<OpenFleet> {
  const [house, browser] = [await openHouse({}, dashboard), await openBrowser()]
  const providers = [providerId, 'p2'].map((id) => ({ providerId: id, sharedTokens: false }))
  await registerWorld(house, { providers, merchants, terminals: terminals(now), ownCodes: [] })
  const key = await keyFor(house, { role: 'provider', providerId })
  const events = fleetEvents(now)
  await post(house, events)
  const range = { from: localDay(now - 29 * 24 * hour), to: localDay(now) }
  return {
    ...{ house, key },
    asked: { providerId, merchants, terminals: terminals(now), events, ownCodes: [], now, ...range, by: 'model' },
    async visit(path, setting = {}, as = key) {
      const opened = await signedIn(browser, house.url, as, setting)
      await opened.page.goto(house.url + path)
      return opened
    },
    async close() {
      await browser.close()
      await house.stop()
    },
  }
}

/** The cells of the table behind a panel, row by row. */
export async function tableOf(page: Page, panel: string): Promise<string[][]> {
  const region = page.getByRole('region', { name: panel, exact: true })
  await region.getByText('看表格').first().click()
  const rows = await region.getByRole('table').first().locator('tbody tr').all()
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
}
export const number = (text: string | undefined): number => Number((text ?? '').replaceAll(/[¥,]/g, ''))
