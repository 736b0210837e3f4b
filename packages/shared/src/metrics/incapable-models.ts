/**
 * Models that no upgrade helps: none of their firmwares has been seen to take Huabei.
 *
 * At each of a model's firmwares most requests were refused for a technical reason, and no request got as far as to the customer's
 * account, be it approved or declined there. Evidence: `fewest`; less than for upgrades, for no shares are compared.
 */

import type { TerminalUse } from './compatibility.ts'
import { compareVersions } from './firmware-upgrades.ts'

/** At one merchant alone it may be how its tills are set up. */
export const fewest = { checkouts: 20, merchants: 2 }

export interface IncapableModel {
  model: string
  /** Those known, in their vendor's order. */
  firmwares: string[]
  terminals: number
  merchants: number
  checkouts: number
  /** Refused for a technical reason. */
  technical: number
  /** N of these, fen. */
  technicalLost: number
}

const unknown = 'unknown'

/** The largest loss first. */
export function incapableModels(uses: readonly TerminalUse[]): IncapableModel[] {
  const models = Map.groupBy(uses, ({ model }) => model)
  models.delete(unknown)
  return [...models]
    .filter(([, those]) => isIncapable(those))
    .map(([model, those]) => modelOf(model, those))
    .filter(({ checkouts, merchants }) => checkouts >= fewest.checkouts && merchants >= fewest.merchants)
    .sort((a, b) => b.technicalLost - a.technicalLost || b.checkouts - a.checkouts || (a.model < b.model ? -1 : 1))
}

function isIncapable(uses: readonly TerminalUse[]): boolean {
  if (uses.some(({ failed, checkouts }) => failed < checkouts)) return false
  return [...Map.groupBy(uses, ({ firmware }) => firmware).values()].every(
    (those) => 2 * sum(those, ({ technical }) => technical.checkouts) > sum(those, ({ checkouts }) => checkouts),
  )
}

const modelOf = (model: string, uses: readonly TerminalUse[]): IncapableModel => ({
  model,
  firmwares: [...new Set(uses.map(({ firmware }) => firmware))]
    .filter((each) => each !== unknown)
    .sort(compareVersions),
  terminals: new Set(uses.map(({ merchantNo, terminalNo }) => `${merchantNo} ${terminalNo}`)).size,
  merchants: new Set(uses.map(({ merchantNo }) => merchantNo)).size,
  checkouts: sum(uses, ({ checkouts }) => checkouts),
  technical: sum(uses, ({ technical }) => technical.checkouts),
  technicalLost: sum(uses, ({ technicalLost }) => technicalLost),
})

const sum = (uses: readonly TerminalUse[], of: (use: TerminalUse) => number): number =>
  uses.reduce((total, use) => total + of(use), 0)
