/** The ClickHouse tables as Kysely and the committer see them; migrations/*.sql describes the columns. */

import type { RefusalCode } from '../events/refusal.ts'
import { columnsOf, nativeRows, type Columns, type NativeRows, type NativeType } from './native.ts'

export type EventKind = 'pending' | 'declined' | 'succeeded' | 'reversed' | 'abandoned'

export interface CheckoutEventRow {
  merchantNo: string
  /** Of `time`, in UTC: days since 1970. */
  day: number
  checkoutId: string
  time: number
  id: string
  terminalNo: string
  body: string
  kind: EventKind
  attempt: number
  amount: number
  method: string
  asksHuabei: boolean
  paidByHuabei: boolean
  codeSystem: string
  codeValue: string
  channelDisabled: boolean
  token: string
  ageBand: string
  returning: '' | 'new' | 'returning'
  sequence: string
  receivedAt: number
}

export interface TerminalReportRow {
  merchantNo: string
  terminalNo: string
  time: number
  id: string
  body: string
  huabei: string
  hasCause: boolean
  cause: string
  firmware: string
  model: string
  sequence: string
  receivedAt: number
}

export interface QuarantineRow {
  poster: string
  id: string
  keyId: string
  merchantNo: string
  source: string
  code: RefusalCode
  pointer: string
  detail: string
  /** JSON. */
  event: string
  receivedAt: number
  takenAt: number
}

export interface EventTables {
  checkout_events: Omit<CheckoutEventRow, 'token'> & { customer: number }
  terminal_reports: TerminalReportRow
  quarantine: QuarantineRow
  readiness: { probe: number; checkedAt: number }
}

export interface InsertableRows {
  checkout_events: CheckoutEventRow
  terminal_reports: TerminalReportRow
  quarantine: QuarantineRow
  readiness: { probe: number; checkedAt: number }
}

const kinds: Record<EventKind, number> = { pending: 1, declined: 2, succeeded: 3, reversed: 4, abandoned: 5 }
const returning: Record<CheckoutEventRow['returning'], number> = { '': 0, new: 1, returning: 2 }

/** Named in every insert, so that a process that does not know a new column yet can still write. */
export const insertColumns: {
  readonly [T in keyof InsertableRows]: Readonly<Record<keyof InsertableRows[T], NativeType>>
} = {
  checkout_events: {
    merchantNo: 'String',
    day: 'Date',
    checkoutId: 'String',
    time: 'Int64',
    id: 'String',
    terminalNo: 'String',
    body: 'String',
    kind: { enum: kinds },
    attempt: 'UInt16',
    amount: 'UInt64',
    method: 'String',
    asksHuabei: 'Bool',
    paidByHuabei: 'Bool',
    codeSystem: 'String',
    codeValue: 'String',
    channelDisabled: 'Bool',
    token: 'String',
    ageBand: 'String',
    returning: { enum: returning },
    sequence: 'Int64',
    receivedAt: 'Int64',
  },
  terminal_reports: {
    merchantNo: 'String',
    terminalNo: 'String',
    time: 'Int64',
    id: 'String',
    body: 'String',
    huabei: 'String',
    hasCause: 'Bool',
    cause: 'String',
    firmware: 'String',
    model: 'String',
    sequence: 'Int64',
    receivedAt: 'Int64',
  },
  quarantine: {
    poster: 'String',
    id: 'String',
    keyId: 'String',
    merchantNo: 'String',
    source: 'String',
    code: 'String',
    pointer: 'String',
    detail: 'String',
    event: 'String',
    receivedAt: 'Int64',
    takenAt: 'Int64',
  },
  readiness: { probe: 'UInt8', checkedAt: 'Int64' },
}

export const nativeColumns: Readonly<Record<keyof InsertableRows, Columns>> = {
  checkout_events: columnsOf(insertColumns.checkout_events),
  terminal_reports: columnsOf(insertColumns.terminal_reports),
  quarantine: columnsOf(insertColumns.quarantine),
  readiness: columnsOf(insertColumns.readiness),
}

/** Rows of a table, ready to be inserted. */
export const encoded = <T extends keyof InsertableRows>(table: T, rows: readonly InsertableRows[T][]): NativeRows =>
  nativeRows(nativeColumns[table], rows)
