/** What becomes of Huabei at each model and firmware. */

import type { FirmwareCell } from '@tillsight/shared/metrics/compatibility.ts'

export const fortunes = ['approved', 'technical', 'unsupported', 'other'] as const
/** `unsupported` without what is `technical`; `other`: declined for what lies not with the shop. */
export type Fortune = (typeof fortunes)[number]

interface FirmwareRow {
  firmware: string
  terminals: number
  merchants: number
  checkouts: number
  fortunes: Record<Fortune, number>
  /** Fen. */
  lost: number
  /** Fewer tell nothing; they are shown pale, and said to be few. */
  isFew: boolean
}

export interface ModelRow {
  model: string
  lost: number
  firmwares: FirmwareRow[]
}

const fewest = 20

/** Models by loss, and in each its firmwares by checkouts. */
export function modelRows(cells: readonly FirmwareCell[]): ModelRow[] {
  const models = Map.groupBy(cells, ({ model }) => model)
  return [...models]
    .map(([model, those]) => ({
      model,
      lost: those.reduce((sum, { netLost }) => sum + netLost, 0),
      firmwares: those.map(rowOf).sort((a, b) => b.checkouts - a.checkouts || (a.firmware < b.firmware ? -1 : 1)),
    }))
    .sort((a, b) => b.lost - a.lost || (a.model < b.model ? -1 : 1))
}

function rowOf({
  firmware,
  terminals,
  merchants,
  checkouts,
  approved,
  technical,
  unsupported,
  netLost,
}: FirmwareCell): FirmwareRow {
  return {
    ...{ firmware, terminals, merchants, checkouts, lost: netLost, isFew: checkouts < fewest },
    fortunes: {
      approved,
      technical: technical.checkouts,
      unsupported: unsupported.checkouts - technical.checkouts,
      other: checkouts - approved - unsupported.checkouts,
    },
  }
}
