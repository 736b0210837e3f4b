/** What browser tests of a merchant's pages do again and again: read money and tables, and ask whether everybody can read. */

import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { brokenRules, overflowOf, spacesBetweenChinese } from './readable.ts'
import type { Visit } from './session.ts'

/** The first `¥1,234` or `¥1,234.50` of a text, as fen. */
export const fen = (text: string): number =>
  Math.round(Number(/¥([\d,.]+\d)/.exec(text)?.[1]?.replaceAll(',', '')) * 100)

/** From ¥10,000 up sentences leave the fen out. */
export const asSaid = (amount: number): number => (amount < 1_000_000 ? amount : Math.round(amount / 100) * 100)

/** Opens the numbers behind a panel's picture and gives them: a row of texts for each row, the column names first. */
export async function tableOf(panel: Locator): Promise<string[][]> {
  const summary = panel.locator('summary', { hasText: /看表格|Show as a table/ })
  if (!(await panel.getByRole('table').isVisible())) await summary.click()
  return panel
    .getByRole('table')
    .locator('tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => (cell.textContent ?? '').trim())),
    )
}

/**
 * No rule of WCAG 2.2 AA is broken, nothing is wider than the screen, the language is told, and nothing failed meanwhile.
 * @param unfold what is to be open while it is looked at.
 */
export async function expectReadable(
  { page, problems }: Visit,
  english: boolean,
  unfold: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await page
    .getByText(english ? 'Live' : '实时更新')
    .first()
    .waitFor()
  await unfold()
  expect(await brokenRules(page)).toEqual([])
  expect(await overflowOf(page)).toBe(0)
  expect(await spacesBetweenChinese(page)).toEqual([])
  expect(await page.locator('html').getAttribute('lang')).toBe(english ? 'en' : 'zh-CN')
  expect(problems).toEqual([])
}
