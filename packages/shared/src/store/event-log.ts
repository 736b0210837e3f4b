/** How a valid event is written into the log. Everything but `receivedAt` is a function of the event alone. */

import {
  asksHuabei,
  channelDisabled,
  paidByHuabei,
  type CheckoutEvent,
  type ReportedEvent,
  type TillEvent,
} from '../events/event.ts'
import type { CheckoutEventRow, TerminalReportRow } from './tables.ts'

const dayMs = 24 * 3_600_000

export const isReport = (event: TillEvent): event is ReportedEvent => event.type === 'tillsight.terminal.reported'

export function checkoutEventRow(event: CheckoutEvent, receivedAt: number): CheckoutEventRow {
  const row: CheckoutEventRow = {
    merchantNo: event.merchantNo,
    day: Math.floor(event.time / dayMs),
    checkoutId: event.data.checkoutId,
    time: event.time,
    id: event.id,
    terminalNo: event.terminalNo,
    body: event.body,
    kind: 'abandoned',
    attempt: 0,
    amount: 0,
    method: '',
    asksHuabei: false,
    paidByHuabei: false,
    codeSystem: '',
    codeValue: '',
    channelDisabled: false,
    token: '',
    ageBand: '',
    returning: '',
    sequence: event.sequence ?? '-1',
    receivedAt,
  }
  if (event.type === 'tillsight.checkout.abandoned') return row
  row.attempt = event.data.attempt
  if (event.type === 'tillsight.payment.reversed') {
    row.kind = 'reversed'
    return row
  }
  const { amount, method, customer } = event.data
  row.amount = amount
  row.method = method
  row.asksHuabei = asksHuabei(event)
  row.token = customer?.token ?? ''
  row.ageBand = customer?.ageBand ?? ''
  row.returning = customer?.returning === undefined ? '' : customer.returning ? 'returning' : 'new'
  if (event.type === 'tillsight.payment.succeeded') {
    row.kind = 'succeeded'
    row.paidByHuabei = paidByHuabei(event)
  } else {
    row.kind = (event.data.final ?? true) ? 'declined' : 'pending'
    row.codeSystem = event.data.code.system
    row.codeValue = event.data.code.value
    row.channelDisabled = channelDisabled(event)
  }
  return row
}

export function terminalReportRow(event: ReportedEvent, receivedAt: number): TerminalReportRow {
  const { data } = event
  return {
    merchantNo: event.merchantNo,
    terminalNo: event.terminalNo,
    time: event.time,
    id: event.id,
    body: event.body,
    huabei: data.methods.findLast(({ method }) => method === 'HUABEI')?.state ?? '',
    hasCause: data.cause !== undefined,
    cause: data.cause ?? '',
    firmware: data.firmware ?? '',
    model: data.model ?? '',
    sequence: event.sequence ?? '-1',
    receivedAt,
  }
}
