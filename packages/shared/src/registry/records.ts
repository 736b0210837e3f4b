/** The registry's records as callers write and read them (contract section 3), and the check that each must pass. */

import Type, { type Static, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

const word = (pattern: string) => Type.String({ pattern })
const orNull = (schema: TSchema & { type: 'string' }) => Type.Optional(Type.Union([schema, Type.Null()]))
const name = word('^(?=.*\\S)[^\\u0000-\\u001F\\uD800-\\uDFFF]{1,200}$')
const fact = word('^[^\\u0000-\\u001F\\uD800-\\uDFFF]{0,100}$')

export const providerId = word('^[0-9A-Za-z._-]{1,64}$')
export const merchantNo = word('^[0-9A-Za-z]{15}$')
export const terminalNo = word('^[0-9A-Za-z]{8}$')

export const providerRecord = Type.Object({ name, sharedTokens: Type.Optional(Type.Boolean()) })
export const merchantRecord = Type.Object({
  name,
  providerId,
  mcc: word('^\\d{4}$'),
  region: word('^\\d{6}$'),
  timeZone: Type.Optional(Type.String()),
})
export const terminalRecord = Type.Object({
  serialNo: orNull(fact),
  deviceType: orNull(word('^\\d{2}$')),
  vendor: orNull(fact),
  model: orNull(fact),
  firmware: orNull(fact),
  retiredOn: orNull(word('^\\d{4}-\\d{2}-\\d{2}$')),
})

export type ProviderRecord = Static<typeof providerRecord>
export type MerchantRecord = Static<typeof merchantRecord>
export interface TerminalRecord {
  serialNo?: string | null
  deviceType?: string | null
  vendor?: string | null
  model?: string | null
  firmware?: string | null
  retiredOn?: string | null
}

/**
 * What is wrong with a record; `form`: a field is missing, or not as it must be; `noProvince`, `contradiction`: what the pages
 * refuse in a file beyond that.
 */
export type RecordProblem =
  'form' | 'kind' | 'unreadable' | 'cells' | 'outOfScope' | 'hasEvents' | 'noProvider' | 'noProvince' | 'contradiction'

/** A record that can't be stored, with the field to mend. */
export class InvalidRecord extends Error {
  readonly pointer: string
  readonly problem: RecordProblem

  constructor(pointer: string, detail: string, problem: RecordProblem = 'form') {
    super(detail)
    this.pointer = pointer
    this.problem = problem
  }
}

const checks = {
  provider: Compile(Type.Object({ providerId })),
  providerRecord: Compile(providerRecord),
  merchant: Compile(Type.Object({ merchantNo })),
  merchantRecord: Compile(merchantRecord),
  terminal: Compile(Type.Object({ merchantNo, terminalNo })),
  terminalRecord: Compile(terminalRecord),
}

const forms: Record<string, string> = {
  name: 'a text of 1 to 200 characters',
  sharedTokens: 'true or false',
  providerId: '1 to 64 letters, digits, dots, hyphens or underscores',
  merchantNo: 'the 15 letters or digits of a MID',
  terminalNo: 'the 8 letters or digits of a TID',
  mcc: 'four digits',
  region: 'the six digits of a GB/T 2260 code',
  timeZone: 'the name of a time zone, such as Asia/Shanghai',
  deviceType: 'two digits',
  retiredOn: 'a date, such as 2026-11-01',
}

function demand(check: Validator, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidRecord('', 'the record must be a JSON object')
  }
  const [error] = check.Errors(value)
  if (error === undefined) return
  const missing = 'requiredProperties' in error.params ? error.params.requiredProperties[0] : undefined
  const pointer = missing === undefined ? error.instancePath : `${error.instancePath}/${missing}`
  const field = pointer.slice(1)
  throw new InvalidRecord(pointer, `${field} must be ${forms[field] ?? 'a text of at most 100 characters'}`)
}

export function demandProvider(id: string, value: unknown): asserts value is ProviderRecord {
  demand(checks.provider, { providerId: id })
  demand(checks.providerRecord, value)
}

export function demandMerchant(no: string, value: unknown): asserts value is MerchantRecord {
  demand(checks.merchant, { merchantNo: no })
  demand(checks.merchantRecord, value)
  const { timeZone } = value as MerchantRecord
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new InvalidRecord('/timeZone', `timeZone must be ${forms['timeZone']}`)
}

export function demandTerminal(merchant: string, no: string, value: unknown): asserts value is TerminalRecord {
  demand(checks.terminal, { merchantNo: merchant, terminalNo: no })
  demand(checks.terminalRecord, value)
  const { retiredOn } = value as TerminalRecord
  if (retiredOn != null && !isDate(retiredOn))
    throw new InvalidRecord('/retiredOn', `retiredOn must be ${forms['retiredOn']}`)
}

/** A named zone, not an offset: `+08:00` would forget a clock change. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
