/** Whether everybody can read a page, as far as a machine can tell. */

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** The rules of WCAG 2.2 AA that are broken, by axe, each with the elements that break it. */
export async function brokenRules(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })
    // No page has frames: gathering what was found in each, in a page of its own, is most of the time.
    .setLegacyMode()
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Chinese sentences and clauses that are kept apart by a space, which Chinese has none of. */
export async function spacesBetweenChinese(page: Page): Promise<string[]> {
  const text = await page.locator('body').innerText()
  return text.match(/\S{0,12}[，。；：！？、）] +\S{1,12}/g) ?? []
}

/** Pixels that the page is wider than the screen. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
