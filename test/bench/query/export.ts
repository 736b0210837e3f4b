/** The derived checkouts as PostgreSQL is given them: one line each, keys as numbers, everything else as small as can be. */

import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { sql } from 'kysely'
import { join } from 'node:path'
import { codes } from './generated-events.ts'

const states = ['', 'approved', 'pending', 'declined'] as const
const results = ['recoveredInWallet', 'recoveredOther', 'downsized', 'deferred', 'abandoned', 'left'] as const
const ageBands = ['', '18-24', '25-34', '35-44', '45-59', '60+'] as const
const returnings = ['', 'new', 'returning'] as const

/** Of a terminal in PostgreSQL; a merchant's is its rank. */
const terminalId = (terminalNo: string): string =>
  `if(${terminalNo} = '', 0, toUInt32(substring(merchantNo, 12)) * 10 + toUInt32(${terminalNo}) - 10000000)`

const place = (of: string, list: readonly string[]): string =>
  `indexOf([${list.map((each) => `'${each}'`).join()}], toString(${of})) - 1`

const columns: Record<string, string> = {
  merchant: 'toUInt32(substring(merchantNo, 12))',
  at: 'at',
  asked: 'asked',
  a: 'a',
  first_amount: 'firstAmount',
  terminal: terminalId('terminalNo'),
  state: place('state', states),
  refused: 'refused',
  code: place(
    `concat(codeSystem, ' ', codeValue)`,
    codes.map(([system, value]) => `${system} ${value}`),
  ),
  channel_disabled: 'channelDisabled',
  reason_terminal: terminalId('reasonTerminal'),
  reason_at: 'reasonAt',
  result: place('result', results),
  paid: 'paid',
  customer: 'reinterpretAsInt64(customer)',
  age_band: place('ageBand', ageBands),
  visitor: place('returning', returnings),
  paid_at: `concat('{', arrayStringConcat(arrayMap(time -> toString(time), paidAt), ','), '}')`,
}
export const checkoutColumns = Object.keys(columns)

export const exported = (directory: string, table: 'checkouts' | 'terminals' | 'causes'): string =>
  join(directory, `${table}.tsv`)

export async function exportCheckouts(store: EventStore, directory: string): Promise<void> {
  const write = (table: Parameters<typeof exported>[1], select: string) =>
    store.execute(sql.raw(`INSERT INTO FUNCTION file('${exported(directory, table)}', 'TSV') ${select}`))
  await write(
    'checkouts',
    `SELECT ${Object.entries(columns)
      .map(([name, expression]) => `${expression} AS \`out_${name}\``)
      .join()}
     FROM rolled_checkouts FINAL
     ARRAY JOIN at, asked, a, firstAmount, terminalNo, state, refused, codeSystem, codeValue, channelDisabled, reasonTerminal,
       reasonAt, result, paid, customer, ageBand, returning, paidAt`,
  )
  await write(
    'terminals',
    `SELECT ${terminalId('terminalNo')} AS terminal, any(toUInt32(substring(merchantNo, 12))), min(time),
       maxIf(time, kind = 'succeeded' AND NOT paidByHuabei)
     FROM checkout_events GROUP BY terminal`,
  )
  await write(
    'causes',
    `SELECT ${terminalId('terminalNo')}, time, cause FROM terminal_reports WHERE hasCause AND cause != ''`,
  )
}
