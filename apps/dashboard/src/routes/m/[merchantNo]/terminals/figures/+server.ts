import { breakdown } from '@tillsight/shared/metrics/breakdown.ts'
import { reportedBuilds } from '@tillsight/shared/metrics/reported-builds.ts'
import { terminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import { listTerminals } from '@tillsight/shared/registry/terminals.ts'
import { terminalRows, type TerminalRow } from '#charts/terminals/rows.ts'
import type { Dated } from '#lib/frame.ts'
import { answersWith } from '#server/figures.ts'
import { localDay } from '#server/presets.ts'
import type { RequestHandler } from './$types'

export interface TerminalsFigures extends Dated {
  rows: TerminalRow[]
}

export const GET: RequestHandler = answersWith<TerminalsFigures>(async ({ events, registry, merchant, parameters }) => {
  const { now } = parameters
  const [records, health, builds, found] = await Promise.all([
    listTerminals(registry, merchant),
    terminalHealth(events, merchant, now),
    reportedBuilds(events, merchant),
    breakdown(events, [merchant], merchant.timeZone, { ...parameters, by: 'terminal', filters: {} }),
  ])
  const today = localDay(now, merchant.timeZone)
  return { asOf: found.asOf, rows: terminalRows({ records, health, builds, groups: found.groups }, today) }
})
