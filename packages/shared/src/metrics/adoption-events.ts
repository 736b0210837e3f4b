/** What the events of a provider's terminals tell of adoption: read from the store, one entry a terminal. */

import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { reasons, type Reason } from '../events/reasons.ts'
import type { MerchantScope } from '../registry/scope.ts'
import { terminalsSeen } from '../rollup/read.ts'
import type { EventReader } from '../store/connect.ts'
import type { Volume } from './answer.ts'
import { judgedCheckouts, type CheckoutsQuestion } from './checkouts.ts'
import { localTime } from './intervals.ts'
import { parsedRows } from './parsed-rows.ts'
import { amongTenants } from './tenants.ts'
import { activeDays, nothingSeen, type Seen } from './terminal-life.ts'

const dayMs = 86_400_000

const changes = Type.Array(Type.Tuple([Type.Integer(), Type.String()]))
const reportsSchema = Type.Object({
  merchantNo: Type.String(),
  /** terminalNo, when it first reported, and each change of what it said, as [time, value] in order of time. */
  terminals: Type.Array(Type.Tuple([Type.String(), Type.Integer(), changes, changes, changes])),
})
const reportsCheck = Compile(reportsSchema)

/**
 * One row a merchant: a row a terminal takes twice as long to read. What nobody asks for is left empty.
 * @param facts of a terminal that are asked for.
 */
const reportsQuery = (merchants: readonly MerchantScope[], facts: ReadonlySet<'model' | 'firmware'>) => sql<
  Static<typeof reportsSchema>
>`
    SELECT merchantNo, groupArray((terminalNo, firstAt, states, models, firmwares)) AS terminals
    FROM (
      SELECT merchantNo, terminalNo, min(time) AS firstAt, ${changesOf('huabei')} AS states,
        ${facts.has('model') ? changesOf('model') : sql`[]`} AS models,
        ${facts.has('firmware') ? changesOf('firmware') : sql`[]`} AS firmwares
      FROM (
        SELECT merchantNo, terminalNo, time, huabei, model, firmware FROM terminal_reports WHERE ${amongTenants(merchants)}
        ORDER BY merchantNo, terminalNo, time, id, body
      )
      GROUP BY merchantNo, terminalNo
    )
    GROUP BY merchantNo
    SETTINGS max_threads = 1`

/** Values that are not empty, each only where it differs from the one before. Rows come in the contract's order. */
const changesOf = (column: 'huabei' | 'model' | 'firmware') => {
  const said = sql`groupArrayIf((time, toString(${sql.ref(column)})), ${sql.ref(column)} != '')`
  return sql`arrayFilter((now, before) -> now.2 != before.2, ${said}, arrayPopBack(arrayPushFront(${said}, (toInt64(0), ''))))`
}

const deedsSchema = Type.Object({
  /** Empty in the row of a reason. */
  merchantNo: Type.String(),
  /** Empty in the row of a merchant, and in that of what was not declined. */
  reason: Type.Enum(['', ...reasons]),
  /**
   * terminalNo, UTC milliseconds of the first unsupported checkout (0: none), and runs of local days with an approved checkout, none
   * more than 28 days after the one before.
   */
  terminals: Type.Array(
    Type.Tuple([Type.String(), Type.Integer(), Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]))]),
  ),
  /** Declined in the range, with Σ a. */
  checkouts: Type.Integer(),
  amount: Type.Integer(),
})
const deedsCheck = Compile(deedsSchema)

/**
 * One row a merchant, of its terminals of t₀, and one a reason: both in one statement, as reading all of a provider's history takes
 * longest. Days are numbers since 1970. @param from UTC milliseconds: where the range begins.
 */
const deedsQuery = (question: CheckoutsQuestion, from: number, timeZone: string) => sql<Static<typeof deedsSchema>>`
    SELECT merchantNo, reason, groupArrayIf((terminalNo, unsupportedAt, approvedDays), terminalNo != '') AS terminals,
      sum(declined) AS checkouts, sum(declinedAmount) AS amount
    FROM (
      SELECT merchantNo, terminalNo, reason, minIf(at, unsupported) AS unsupportedAt,
        arraySort(groupUniqArrayIf(intDiv(${localTime(question.span, timeZone)}, ${dayMs}), state = 'approved')) AS days,
        arrayMap(run -> (run[1], run[-1]), arraySplit((day, gap) -> gap > ${activeDays}, days, arrayDifference(days))) AS approvedDays,
        countIf(at >= ${from} AND state = 'declined') AS declined, sumIf(a, at >= ${from} AND state = 'declined') AS declinedAmount
      FROM (${judgedCheckouts(question, ['asked', 'terminalNo', 'state', 'unsupported', 'reason', 'a'])})
      WHERE asked
      GROUP BY GROUPING SETS ((merchantNo, terminalNo), (reason))
    )
    GROUP BY merchantNo, reason`

const firstSchema = Type.Object({
  merchantNo: Type.String(),
  terminals: Type.Array(Type.String()),
  firstAt: Type.Array(Type.Integer()),
})
const firstCheck = Compile(firstSchema)

/** One row a merchant: its terminals, and when each was first named by an event. */
const firstEventQuery = (question: CheckoutsQuestion) => sql<Static<typeof firstSchema>>`
    SELECT merchantNo, groupArray(terminalNo) AS terminals, groupArray(firstSeen) AS firstAt
    FROM (${terminalsSeen(question, question.span.from)})
    GROUP BY merchantNo`

/** By merchantNo and terminalNo. */
type SeenTerminals = Map<string, Map<string, Seen>>

/** @param facts of a terminal that are asked for: the others are left empty. */
interface SeenQuestion extends CheckoutsQuestion {
  tenants: readonly MerchantScope[]
  facts: ReadonlySet<'model' | 'firmware'>
}

/** What the events of the tenants' terminals tell, up to the end of the question's span, and the reasons from `from` on. */
export async function seenOf(
  { db }: EventReader,
  question: SeenQuestion,
  from: number,
  timeZone: string,
): Promise<{ seen: SeenTerminals; declined: (Volume & { reason: Reason })[] }> {
  const [reports, firsts, deeds] = await Promise.all([
    reportsQuery(question.tenants, question.facts).execute(db),
    firstEventQuery(question).execute(db),
    deedsQuery(question, from, timeZone).execute(db),
  ])
  const seen: SeenTerminals = new Map()
  const entryOf = (merchantNo: string, terminalNo: string): Seen => {
    let its = seen.get(merchantNo)
    if (its === undefined) seen.set(merchantNo, (its = new Map<string, Seen>()))
    let entry = its.get(terminalNo)
    if (entry === undefined) its.set(terminalNo, (entry = { ...nothingSeen }))
    return entry
  }
  for (const { merchantNo, terminals } of parsedRows('adoption', reportsCheck, reports.rows)) {
    for (const [terminalNo, firstAt, states, models, firmwares] of terminals)
      Object.assign(entryOf(merchantNo, terminalNo), { firstAt, states, models, firmwares })
  }
  for (const { merchantNo, terminals, firstAt } of parsedRows('adoption', firstCheck, firsts.rows)) {
    for (const [i, terminalNo] of terminals.entries()) {
      const entry = entryOf(merchantNo, terminalNo)
      entry.firstAt = Math.min(entry.firstAt, firstAt[i] ?? 0)
    }
  }
  const declined: (Volume & { reason: Reason })[] = []
  for (const { merchantNo, reason, terminals, checkouts, amount } of parsedRows('adoption', deedsCheck, deeds.rows)) {
    for (const [terminalNo, unsupportedAt, approvedDays] of terminals) {
      const entry = entryOf(merchantNo, terminalNo)
      entry.approvedDays = approvedDays
      if (unsupportedAt !== 0) entry.unsupportedAt = unsupportedAt
    }
    if (reason !== '' && checkouts > 0) declined.push({ reason, checkouts, amount })
  }
  return { seen, declined }
}
