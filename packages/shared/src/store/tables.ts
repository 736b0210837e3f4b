/** The ClickHouse tables as Kysely and the committer see them; migrations/*.sql describes the columns. */

export type EventKind = 'pending' | 'declined' | 'succeeded' | 'reversed' | 'abandoned'

export interface CheckoutEventRow {
  merchantNo: string
  /** `2026-11-01`, UTC. */
  day: string
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

export interface EventTables {
  checkout_events: Omit<CheckoutEventRow, 'token'> & { customer: number }
  terminal_reports: TerminalReportRow
  readiness: { probe: number; checkedAt: number }
}

export interface InsertableRows {
  checkout_events: CheckoutEventRow
  terminal_reports: TerminalReportRow
  readiness: { probe: number; checkedAt: number }
}

/** Named in every insert, so that a process that does not know a new column yet can still write. */
export const insertColumns: { readonly [T in keyof InsertableRows]: readonly (keyof InsertableRows[T] & string)[] } = {
  checkout_events: [
    'merchantNo',
    'day',
    'checkoutId',
    'time',
    'id',
    'terminalNo',
    'body',
    'kind',
    'attempt',
    'amount',
    'method',
    'asksHuabei',
    'paidByHuabei',
    'codeSystem',
    'codeValue',
    'channelDisabled',
    'token',
    'ageBand',
    'returning',
    'sequence',
    'receivedAt',
  ],
  terminal_reports: [
    'merchantNo',
    'terminalNo',
    'time',
    'id',
    'body',
    'huabei',
    'hasCause',
    'cause',
    'firmware',
    'model',
    'sequence',
    'receivedAt',
  ],
  readiness: ['probe', 'checkedAt'],
}
