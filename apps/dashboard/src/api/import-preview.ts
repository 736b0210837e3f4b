/** What an import would do, before anything is written: the same verdict on every row as `takeRow` gives. */

import { setImmediate } from 'node:timers/promises'
import type { Registry } from '@tillsight/shared/registry/connect.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { knownRecords } from '@tillsight/shared/registry/known-records.ts'
import { defaultTimeZone, ownSpelling } from '@tillsight/shared/registry/merchants.ts'
import { demandMerchant, demandTerminal, InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { mayActFor } from '@tillsight/shared/registry/scope.ts'
import { hasEvents, idIn, outOfScope, unknownKind, type ReadRow, type Row } from './import-rows.ts'

type Effect = 'new' | 'changed' | 'same'
type Verdict = { kind: 'merchant' | 'terminal'; effect: Effect } | InvalidRecord

interface KnownMerchant {
  providerId: string
  timeZone: string
  hasEvents: boolean
  /** All that may change, as one text. */
  record: string
}

interface Known {
  merchants: Map<string, KnownMerchant>
  /** By `<merchantNo> <terminalNo>`: the record as one text. */
  terminals: Map<string, string>
}

const merchantFields = ['name', 'providerId', 'mcc', 'region', 'timeZone'] as const
const terminalFields = ['serialNo', 'deviceType', 'vendor', 'model', 'firmware', 'retiredOn'] as const
/** All columns of a file of merchants and terminals. */
export const recordColumns = ['kind', 'merchantNo', ...merchantFields, 'terminalNo', ...terminalFields] as const

const textOf = (row: Row, fields: readonly string[]): string =>
  JSON.stringify(fields.map((field) => row[field] ?? null))

/** All that a row says of its merchant or terminal, as one text. */
export const recordText = (row: Row): string =>
  textOf(row, row['kind'] === 'merchant' ? merchantFields : terminalFields)

/** What the registry says of the merchants that the rows name. */
async function knownOf(registry: Registry, rows: readonly ReadRow[]): Promise<Known> {
  const named = rows.flatMap((row) => (row instanceof InvalidRecord ? [] : [idIn(row, 'merchantNo')]))
  const { merchants, terminals } = await knownRecords(registry, [...new Set(named)])
  return {
    merchants: new Map(
      merchants.map((row) => {
        const { merchantNo, providerId, timeZone, hasEvents } = row
        return [merchantNo, { providerId, timeZone, hasEvents, record: textOf({ ...row }, merchantFields) }]
      }),
    ),
    terminals: new Map(
      terminals.map((row) => [`${row.merchantNo} ${row.terminalNo}`, textOf({ ...row }, terminalFields)]),
    ),
  }
}

/**
 * One verdict for each row, in order; a row may rest on those before it.
 * @param principal a provider: rows of kind `provider` are none that it may change.
 */
export async function verdictsOn(
  registry: Registry,
  principal: Principal,
  rows: readonly ReadRow[],
): Promise<Verdict[]> {
  const known = await knownOf(registry, rows)
  const verdicts: Verdict[] = []
  for (const [i, row] of rows.entries()) {
    verdicts.push(judged(known, principal, row))
    // Of a long file, so that the process answers others in between.
    if (i % 1_000 === 0) await setImmediate()
  }
  return verdicts
}

function judged(known: Known, principal: Principal, row: ReadRow): Verdict {
  try {
    return verdictOn(known, principal, row)
  } catch (error) {
    if (error instanceof InvalidRecord) return error
    throw error
  }
}

function verdictOn(known: Known, principal: Principal, row: ReadRow): Verdict {
  if (row instanceof InvalidRecord) return row
  const merchantNo = idIn(row, 'merchantNo')
  const before = known.merchants.get(merchantNo)
  switch (row['kind']) {
    case 'provider':
      return outOfScope('/providerId')
    case 'merchant': {
      demandMerchant(merchantNo, row)
      const timeZone = ownSpelling(row.timeZone ?? defaultTimeZone)
      const isOwn =
        mayActFor(principal, row.providerId) && (before === undefined || mayActFor(principal, before.providerId))
      if (!isOwn) return outOfScope('/merchantNo')
      if (before?.hasEvents === true && (before.providerId !== row.providerId || before.timeZone !== timeZone)) {
        return hasEvents()
      }
      const record = textOf({ ...row, timeZone }, merchantFields)
      known.merchants.set(merchantNo, {
        providerId: row.providerId,
        timeZone,
        hasEvents: before?.hasEvents === true,
        record,
      })
      return { kind: 'merchant', effect: effectOf(before?.record, record) }
    }
    case 'terminal': {
      const terminalNo = idIn(row, 'terminalNo')
      demandTerminal(merchantNo, terminalNo, row)
      if (before === undefined || !mayActFor(principal, before.providerId)) return outOfScope('/merchantNo')
      const key = `${merchantNo} ${terminalNo}`
      const record = textOf(row, terminalFields)
      const effect = effectOf(known.terminals.get(key), record)
      known.terminals.set(key, record)
      return { kind: 'terminal', effect }
    }
    default:
      return unknownKind()
  }
}

const effectOf = (before: string | undefined, after: string): Effect =>
  before === undefined ? 'new' : before === after ? 'same' : 'changed'
