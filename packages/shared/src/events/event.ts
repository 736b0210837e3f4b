/** The five events of contract section 4 as schemas. They name every field that is read and stored; all others are dropped. */

import Type, { type Static, type TSchema } from 'typebox'
import { codeSystems, declarableCauses, type DeclarableCause } from './reasons.ts'

export const methods = [
  'HUABEI',
  'HUABEI_INSTALMENT',
  'ALIPAY',
  'WECHAT',
  'CARD',
  'UNIONPAY_QR',
  'ECNY',
  'CASH',
  'OTHER',
] as const
export type Method = (typeof methods)[number]

export const ageBands = ['under-18', '18-24', '25-34', '35-44', '45-59', '60+'] as const
export const capabilityStates = ['not_capable', 'capable_not_signed', 'signed_not_open', 'open', 'suspended'] as const

export const largestAmount = 1e11

/** Characters are Unicode code points. A lone surrogate has no UTF-8 form: two ids would become one. */
const text = (from: number, to: number) => Type.String({ pattern: `^[^\\uD800-\\uDFFF]{${from},${to}}$` })
const anyText = Type.String({ pattern: '^[^\\uD800-\\uDFFF]*$' })
const amount = Type.Integer({ minimum: 1, maximum: largestAmount })

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

const customer = Type.Object({
  token: optional(text(1, 128)),
  ageBand: optional(Type.Enum([...ageBands])),
  returning: optional(Type.Boolean()),
})

const payment = {
  checkoutId: text(1, 64),
  attempt: Type.Integer({ minimum: 1, maximum: 1000 }),
  amount,
  currency: optional(Type.Enum(['CNY'])),
  method: Type.Enum([...methods]),
  intendedMethod: optional(Type.Enum([...methods])),
  outTradeNo: optional(text(1, 64)),
  instalments: optional(Type.Enum([3, 6, 12, 24])),
  sellerPercent: optional(Type.Enum([0, 100])),
  customer: optional(customer),
  items: optional(
    Type.Array(
      Type.Object({
        category: optional(anyText),
        quantity: optional(Type.Number({ minimum: 0 })),
        amount: optional(amount),
      }),
      { maxItems: 100 },
    ),
  ),
}

export const dataSchemas = {
  'tillsight.payment.declined': Type.Object({
    ...payment,
    code: Type.Object({ system: Type.Enum([...codeSystems]), value: text(1, 64) }),
    final: optional(Type.Boolean()),
    disabledChannels: optional(Type.Array(anyText, { maxItems: 20 })),
  }),
  'tillsight.payment.succeeded': Type.Object({
    ...payment,
    fundBills: optional(Type.Array(Type.Object({ channel: anyText, amount }), { maxItems: 20 })),
  }),
  'tillsight.payment.reversed': Type.Object({ checkoutId: payment.checkoutId, attempt: payment.attempt }),
  'tillsight.checkout.abandoned': Type.Object({ checkoutId: payment.checkoutId }),
  'tillsight.terminal.reported': Type.Object({
    methods: Type.Array(Type.Object({ method: Type.Enum([...methods]), state: Type.Enum([...capabilityStates]) })),
    firmware: optional(anyText),
    model: optional(anyText),
    cause: optional(Type.Unsafe<DeclarableCause | null>({ enum: [...declarableCauses, null] })),
  }),
} as const

export type EventType = keyof typeof dataSchemas
export const eventTypes = Object.keys(dataSchemas) as EventType[]
export const isEventType = (type: unknown): type is EventType =>
  typeof type === 'string' && Object.hasOwn(dataSchemas, type)

/** What every event carries around its data. Control characters are not allowed in a CloudEvents attribute. */
export const envelopeSchema = Type.Object({
  specversion: Type.Enum(['1.0']),
  id: Type.String({ pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF]{1,128}$' }),
  source: Type.String({ pattern: '^urn:terminal:[0-9A-Za-z]{15}:[0-9A-Za-z]{8}$' }),
  type: anyText,
  time: anyText,
  /** Fits 64 bits in the log. */
  sequence: optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
})

type DataOf<T extends EventType> = Static<(typeof dataSchemas)[T]>

interface Envelope<T extends EventType> {
  id: string
  source: string
  type: T
  /** UTC milliseconds, cut from what was sent. */
  time: number
  sequence?: string
  merchantNo: string
  terminalNo: string
  data: DataOf<T>
  /** See canonical.ts. */
  body: string
}

/** One valid event, read. */
export type TillEvent = { [T in EventType]: Envelope<T> }[EventType]
export type DeclinedEvent = Envelope<'tillsight.payment.declined'>
export type SucceededEvent = Envelope<'tillsight.payment.succeeded'>
export type ReportedEvent = Envelope<'tillsight.terminal.reported'>
export type CheckoutEvent = Exclude<TillEvent, ReportedEvent>

const isHuabei = (method: Method | undefined): boolean => method !== undefined && method.startsWith('HUABEI')

/** "An event asks for Huabei when its `method` or `intendedMethod` begins with `HUABEI`." */
export const asksHuabei = ({ data }: DeclinedEvent | SucceededEvent): boolean =>
  isHuabei(data.method) || isHuabei(data.intendedMethod)

/** Whether the money of a success came from Huabei: what the wallet says it charged, or else the method. */
export function paidByHuabei({ data }: SucceededEvent): boolean {
  const bills = data.fundBills ?? []
  return bills.length > 0 ? bills.some((bill) => bill.channel === 'PCREDIT') : isHuabei(data.method)
}

/** Whether `disabledChannels` shut out the Huabei that this decline asked for (section 6, `CHANNEL_COMPETITION`). */
export function channelDisabled({ data }: DeclinedEvent): boolean {
  const instalment = data.method === 'HUABEI_INSTALMENT' || data.intendedMethod === 'HUABEI_INSTALMENT'
  return (data.disabledChannels ?? [])
    .map((channel) => channel.toLowerCase())
    .some(
      (channel) =>
        channel === 'pcredit' || channel === 'credit_group' || (instalment && channel === 'pcreditpayinstallment'),
    )
}
