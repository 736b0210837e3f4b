import { breakdowns } from '@tillsight/shared/metrics/breakdown.ts'
import { reportedBuilds } from '@tillsight/shared/metrics/reported-builds.ts'
import { terminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import { listPhones } from '@tillsight/shared/registry/phones.ts'
import { listTerminals } from '@tillsight/shared/registry/terminals.ts'
import { terminalRows, type TerminalRow } from '#charts/terminals/rows.ts'
import type { ComparedDays, NotCompared } from '#lib/comparison.ts'
import type { Dated } from '#lib/frame.ts'
import { besideBefore } from '#server/compared-days.ts'
import { answersWith } from '#server/figures.ts'
import { localDay } from '#server/presets.ts'
import type { RequestHandler } from './$types'

export interface TerminalsFigures extends Dated {
  rows: TerminalRow[]
  /** Of the losses alone: whether a till is heard, and what of it is missing, is of now and not of the days asked for. */
  comparison: ComparedDays | NotCompared
}

export const GET: RequestHandler = answersWith<TerminalsFigures>(
  async (asked) => {
    const { events, registry, merchant, parameters } = asked
    const { now } = parameters
    const [records, phones, health, builds, { found, comparison, both }] = await Promise.all([
      listTerminals(registry, merchant),
      listPhones(registry, merchant),
      terminalHealth(events, merchant, now),
      reportedBuilds(events, merchant),
      besideBefore(asked, async (ranges) => {
        const { asOf, groups } = await breakdowns(events, [merchant], ranges, {
          ...parameters,
          by: ['terminal'],
          filters: {},
        })
        return groups.map(({ terminal }) => ({ asOf, groups: terminal }))
      }),
    ])
    const known = { records, phones, health, builds, groups: found.groups }
    const groups = both && { settled: both.settled.groups, earlier: both.earlier.groups }
    const today = localDay(now, merchant.timeZone)
    return { asOf: found.asOf, rows: terminalRows({ ...known, both: groups }, today), comparison }
  },
  { shownFrom: 'the start' },
)
