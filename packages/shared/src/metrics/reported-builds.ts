/** What each terminal of a merchant last said that it is: its model, and the firmware it runs. Each by itself; null where it never said. */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { MerchantScope } from '../registry/scope.ts'
import type { EventStore } from '../store/connect.ts'
import { parsedRows } from './parsed-rows.ts'

export interface ReportedBuild {
  model: string | null
  firmware: string | null
}

const rowSchema = Type.Object({ terminalNo: Type.String(), model: Type.String(), firmware: Type.String() })
type Row = Static<typeof rowSchema>
const rowCheck = Compile(rowSchema)

export async function reportedBuilds(
  { db }: EventStore,
  { merchantNo }: MerchantScope,
): Promise<ReadonlyMap<string, ReportedBuild>> {
  const { rows } = await sql<Row>`
    SELECT terminalNo,
      argMaxIf(reports.model, (time, id, body), reports.model != '') AS model,
      argMaxIf(reports.firmware, (time, id, body), reports.firmware != '') AS firmware
    FROM terminal_reports AS reports WHERE merchantNo = ${merchantNo}
    GROUP BY terminalNo`.execute(db)
  return new Map(
    parsedRows('reported builds', rowCheck, rows).map(({ terminalNo, model, firmware }) => [
      terminalNo,
      { model: model === '' ? null : model, firmware: firmware === '' ? null : firmware },
    ]),
  )
}
