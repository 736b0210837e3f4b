/**
 * Compatibility: what became of Huabei at each model and firmware, and which terminals were there.
 *
 * A checkout belongs to the model and firmware that the terminal of its t₀ last reported at or before t₀, each by itself, else to
 * the registry's, else to `unknown`. Counted are attempted checkouts that are decided (approved or declined; pending left out).
 * `unsupported` and N are those of lost sales. `technical`: of these, for a reason that the terminal's vendor can mend (section
 * 6): what a newer firmware could change. `failed`: declined for any reason but the customer's own (groups buyer, limit, risk):
 * what a bad firmware could cause, whatever code it then sends.
 */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { catalogue, groupOf, reasons, type Mender } from '../events/reasons.ts'
import type { FleetTerminal } from '../registry/fleet.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { settledFor } from '../rollup/settled.ts'
import type { EventStore } from '../store/connect.ts'
import type { FigureParameters, Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { everDeclared } from './declared-causes.ts'
import { dayNumberOf, localTime, spanOf } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants } from './tenants.ts'

/** One terminal's decided checkouts with one model and firmware, day by day. */
export interface DailyUse {
  merchantNo: string
  terminalNo: string
  model: string
  firmware: string
  /** Those with a checkout, in order: counted from 0, the first of the days asked for. */
  days: readonly { day: number; checkouts: number; failed: number }[]
}

/** All of them together, of the range. */
export interface TerminalUse extends DailyUse {
  checkouts: number
  approved: number
  failed: number
  unsupported: Volume
  technical: Volume
  /** N, and the part of it that is technical; fen. */
  netLost: number
  technicalLost: number
}

export interface FirmwareCell {
  model: string
  firmware: string
  /** With a decided checkout in the range. */
  terminals: number
  merchants: number
  checkouts: number
  approved: number
  failed: number
  unsupported: Volume
  technical: Volume
  netLost: number
  technicalLost: number
}

const technicalReasons = reasons.filter((reason) => (catalogue[reason].menders as readonly Mender[]).includes('vendor'))
const failures = reasons.filter((reason) => !['buyer', 'limit', 'risk'].includes(groupOf(reason)))

const dayMs = 86_400_000
const unknown = 'unknown'

const rowSchema = Type.Object({
  merchantNo: Type.String(),
  terminalNo: Type.String(),
  /** Empty: never reported by then. */
  model: Type.String(),
  firmware: Type.String(),
  days: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()])),
  approved: Type.Integer(),
  unsupportedCheckouts: Type.Integer(),
  unsupportedAmount: Type.Integer(),
  technicalCheckouts: Type.Integer(),
  technicalAmount: Type.Integer(),
  netLost: Type.Integer(),
  technicalLost: Type.Integer(),
})
const rowCheck = Compile(rowSchema)

/** What a terminal said of itself, as [time, value] in order of time. */
const said = (column: 'model' | 'firmware') =>
  sql`arraySort(groupArrayIf((time, ${sql.ref(column)}), ${sql.ref(column)} != ''))`

/** Of reports of one moment the last by (id, body) speaks, each column by itself. */
const saidBy = (tenants: readonly MerchantScope[]) => sql`
  SELECT merchantNo AS saidOf, terminalNo AS saidAt, ${said('model')} AS models, ${said('firmware')} AS firmwares
  FROM (
    SELECT merchantNo, terminalNo, time, argMaxIf(terminal_reports.model, (id, body), terminal_reports.model != '') AS model,
      argMaxIf(terminal_reports.firmware, (id, body), terminal_reports.firmware != '') AS firmware
    FROM terminal_reports
    WHERE ${amongTenants(tenants)} AND (terminal_reports.model != '' OR terminal_reports.firmware != '')
    GROUP BY merchantNo, terminalNo, time
  )
  GROUP BY merchantNo, terminalNo`

const columns = ['asked', 'a', 'terminalNo', 'state', 'reason', 'unsupported', 'outcome', 'lost'] as const

type Question = CheckoutsQuestion & { tenants: readonly MerchantScope[] }

/** One row for each terminal, model and firmware. Days are numbers since 1970; only `days` has those before the first. */
export const compatibilityQuery = (question: Question, timeZone: string, firstDay: number) => sql<
  Static<typeof rowSchema>
>`
    SELECT merchantNo, terminalNo, modelThen AS model, firmwareThen AS firmware,
      arraySort(groupArray((day, decided, failures))) AS days, sumIf(approvals, day >= ${firstDay}) AS approved,
      sumIf(refusals, day >= ${firstDay}) AS unsupportedCheckouts, sumIf(refusedAmount, day >= ${firstDay}) AS unsupportedAmount,
      sumIf(technicals, day >= ${firstDay}) AS technicalCheckouts, sumIf(technicalsAmount, day >= ${firstDay}) AS technicalAmount,
      sumIf(lostThen, day >= ${firstDay}) AS netLost, sumIf(lostTechnically, day >= ${firstDay}) AS technicalLost
    FROM (
      SELECT merchantNo, terminalNo, modelThen, firmwareThen, toInt64(intDiv(${localTime(question.span, timeZone)}, ${dayMs})) AS day,
        count() AS decided, countIf(state = 'approved') AS approvals, countIf(reason IN ${failures}) AS failures,
        countIf(unsupported) AS refusals, sumIf(a, unsupported) AS refusedAmount,
        countIf(reason IN ${technicalReasons}) AS technicals, sumIf(a, reason IN ${technicalReasons}) AS technicalsAmount,
        sum(lost) AS lostThen, sumIf(lost, reason IN ${technicalReasons}) AS lostTechnically
      FROM (
        SELECT *, arrayLast(report -> report.1 <= at, models).2 AS modelThen, arrayLast(report -> report.1 <= at, firmwares).2 AS firmwareThen
        FROM (${judgedCheckouts(question, columns)}) AS judged
        LEFT JOIN (${saidBy(question.tenants)}) AS facts ON saidOf = judged.merchantNo AND saidAt = judged.terminalNo
        WHERE asked AND state != 'pending'
      )
      GROUP BY merchantNo, terminalNo, modelThen, firmwareThen, day
    )
    GROUP BY merchantNo, terminalNo, modelThen, firmwareThen`

interface TerminalUses {
  asOf: string
  uses: TerminalUse[]
  /** With the days before the range. */
  watched: DailyUse[]
}

/**
 * @param merchants at least one.
 * @param terminals the registry's; asked for only where terminals did not report.
 * @param watchedFrom the first day of `watched`, no later than the range.
 */
export async function terminalUses(
  store: EventStore,
  merchants: readonly MerchantScope[],
  terminals: () => Promise<readonly FleetTerminal[]>,
  { range, watchedFrom, ownCodes, now, mayLag }: FigureParameters & { watchedFrom: string },
): Promise<TerminalUses> {
  const settled = await settledFor(store, merchants, mayLag)
  const { reader } = settled
  const declares = await everDeclared(reader, merchants)
  const rows: Static<typeof rowSchema>[] = []
  const [first, firstShown] = [dayNumberOf(watchedFrom), dayNumberOf(range.from)]
  for (const [zone, tenants] of Map.groupBy(merchants, (merchant) => merchant.timeZone)) {
    const question = {
      tenants,
      span: spanOf({ from: watchedFrom, to: range.to }, zone),
      ownCodes,
      now,
      settled,
      declares,
    }
    const found = await compatibilityQuery(question, zone, firstShown).execute(reader.db)
    rows.push(...parsedRows('compatibility', rowCheck, found.rows))
  }
  const registered = new Map<string, FleetTerminal>()
  if (rows.some(({ model, firmware }) => model === '' || firmware === '')) {
    for (const terminal of await terminals()) registered.set(`${terminal.merchantNo} ${terminal.terminalNo}`, terminal)
  }
  const watched = rows.map((row): TerminalUse => {
    const record = registered.get(`${row.merchantNo} ${row.terminalNo}`)
    const days = row.days.map(([day, checkouts, failed]) => ({ day: day - first, checkouts, failed }))
    const shown = days.filter(({ day }) => day >= firstShown - first)
    const sum = (of: (day: (typeof days)[number]) => number): number => shown.reduce((total, day) => total + of(day), 0)
    return {
      merchantNo: row.merchantNo,
      terminalNo: row.terminalNo,
      model: row.model || (record?.model ?? unknown),
      firmware: row.firmware || (record?.firmware ?? unknown),
      days,
      checkouts: sum(({ checkouts }) => checkouts),
      approved: row.approved,
      failed: sum(({ failed }) => failed),
      unsupported: { checkouts: row.unsupportedCheckouts, amount: row.unsupportedAmount },
      technical: { checkouts: row.technicalCheckouts, amount: row.technicalAmount },
      netLost: row.netLost,
      technicalLost: row.technicalLost,
    }
  })
  return { asOf: new Date(settled.asOf).toISOString(), uses: watched.filter(({ checkouts }) => checkouts > 0), watched }
}

/** By model and firmware, the largest N first. */
export function firmwareCells(uses: readonly TerminalUse[]): FirmwareCell[] {
  const groups = Map.groupBy(uses, ({ model, firmware }) => JSON.stringify([model, firmware]))
  const cells = [...groups.values()].flatMap((those): FirmwareCell[] => {
    const [one] = those
    if (one === undefined) return []
    const sum = (of: (use: TerminalUse) => number): number => those.reduce((total, use) => total + of(use), 0)
    return [
      {
        model: one.model,
        firmware: one.firmware,
        terminals: new Set(those.map(({ merchantNo, terminalNo }) => `${merchantNo} ${terminalNo}`)).size,
        merchants: new Set(those.map(({ merchantNo }) => merchantNo)).size,
        checkouts: sum(({ checkouts }) => checkouts),
        approved: sum(({ approved }) => approved),
        failed: sum(({ failed }) => failed),
        unsupported: {
          checkouts: sum(({ unsupported }) => unsupported.checkouts),
          amount: sum(({ unsupported }) => unsupported.amount),
        },
        technical: {
          checkouts: sum(({ technical }) => technical.checkouts),
          amount: sum(({ technical }) => technical.amount),
        },
        netLost: sum(({ netLost }) => netLost),
        technicalLost: sum(({ technicalLost }) => technicalLost),
      },
    ]
  })
  return cells.sort((a, b) => b.netLost - a.netLost || b.checkouts - a.checkouts || (nameOf(a) < nameOf(b) ? -1 : 1))
}

const nameOf = ({ model, firmware }: FirmwareCell): string => `${model} ${firmware}`
