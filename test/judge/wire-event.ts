// The CloudEvents JSON of contract section 4, as it was posted. The judge's own types: they know
// nothing of the schema the service validates with.

export type EventType =
  | 'tillsight.payment.declined'
  | 'tillsight.payment.succeeded'
  | 'tillsight.payment.reversed'
  | 'tillsight.checkout.abandoned'
  | 'tillsight.terminal.reported'

/** All of the table's fields in one: which of them count for an event is decided by its type. */
export type WireData = {
  checkoutId?: string
  attempt?: number
  amount?: number
  currency?: string
  method?: string
  intendedMethod?: string
  code?: { system: string; value: string }
  final?: boolean
  disabledChannels?: string[]
  fundBills?: { channel: string; amount: number }[]
  outTradeNo?: string
  instalments?: number
  sellerPercent?: number
  customer?: { token?: string; ageBand?: string; returning?: boolean }
  items?: { category: string; quantity: number; amount: number }[]
  methods?: { method: string; state: string }[]
  firmware?: string
  model?: string
  cause?: string | null
  [unnamed: string]: unknown
}

export type WireEvent = {
  specversion: string
  id: string
  source: string
  type: EventType
  /** RFC 3339 with any offset. */
  time: string
  sequence?: string
  data: WireData
  [unnamed: string]: unknown
}

/** A field name, and what is named inside it; `true` where the value is taken whole. */
export type Names = { readonly [field: string]: true | Names }

const customer: Names = { token: true, ageBand: true, returning: true }
const items: Names = { category: true, quantity: true, amount: true }

// "required" and "optional" of both payment rows, plus `currency`, which goes with an amount.
const payment: Names = {
  checkoutId: true,
  attempt: true,
  amount: true,
  currency: true,
  method: true,
  intendedMethod: true,
  outTradeNo: true,
  instalments: true,
  sellerPercent: true,
  customer,
  items,
}

/** The table of section 4, row by row. "Fields not named here are dropped unread and never stored." */
export const namedData: Readonly<Record<EventType, Names>> = {
  'tillsight.payment.declined': {
    ...payment,
    code: { system: true, value: true },
    final: true,
    disabledChannels: true,
  },
  'tillsight.payment.succeeded': { ...payment, fundBills: { channel: true, amount: true } },
  'tillsight.payment.reversed': { checkoutId: true, attempt: true },
  'tillsight.checkout.abandoned': { checkoutId: true },
  'tillsight.terminal.reported': {
    methods: { method: true, state: true },
    firmware: true,
    model: true,
    cause: true,
  },
}
