/** What tests of the owner's pages do in a browser: read tables, look whether everybody can read the page. */

import type { Locator, Page } from 'playwright-core'
import { brokenRules, spacesBetweenChinese } from './readable.ts'
import { problemsOf } from './session.ts'

/** The cells of the table behind a panel, row by row, without its head. */
export async function tableBehind(panel: Locator): Promise<string[][]> {
  const details = panel.locator('details', { has: panel.page().getByRole('table', { includeHidden: true }) }).first()
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
  const rows = await details.locator('tbody tr').all()
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
}

/** What keeps somebody from reading the page: by axe, by what is wider than the screen, by errors in the console. */
export async function obstaclesOn(page: Page, address: string): Promise<string[]> {
  const problems = problemsOf(page)
  await page.goto(address)
  await page
    .getByText(/^(?:Live|实时更新)$/)
    .first()
    .waitFor()
  for (const details of await page.locator('main details').all()) await details.locator('summary').first().click()
  const broken = await brokenRules(page)
  const tooWide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const beyond = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth && element.closest('.scroll, nav') === null,
    )
    return beyond.map(({ outerHTML }) => `wider than the screen: ${outerHTML.slice(0, 80)}`)
  })
  return [...problems, ...broken, ...tooWide, ...(await spacesBetweenChinese(page))]
}

/** As pages write a share: below a tenth with one decimal. */
export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`

/** `¥1,234.50` as fen. */
export const fen = (text: string): number => Math.round(Number(/¥([\d,.]+)/.exec(text)?.[1]?.replaceAll(',', '')) * 100)
