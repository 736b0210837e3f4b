/**
 * The reason catalogue of contract section 6: why a request for Huabei was declined, on what evidence, and who can mend it.
 * Events keep the code they came with; the reason is looked up when a figure is read, so a code mapped today explains
 * last year's events too.
 */

export const groups = ['unsupported', 'buyer', 'limit', 'risk', 'system', 'operation', 'unknown'] as const
export type ReasonGroup = (typeof groups)[number]

export const codeSystems = ['LOCAL', 'ALIPAY', 'ISO8583', 'WECHAT'] as const
export type CodeSystem = (typeof codeSystems)[number]

export type Mender = 'vendor' | 'acquirer' | 'isv' | 'merchant' | 'regulator' | 'customer' | 'wallet' | 'us'

interface CatalogueEntry {
  group: ReasonGroup
  menders: readonly Mender[]
  /** Codes that are evidence for this reason, by the system that speaks them. */
  codes?: Partial<Record<CodeSystem, readonly string[]>>
}

export const catalogue = {
  TECH_NO_SUPPORT: {
    group: 'unsupported',
    menders: ['vendor', 'acquirer'],
    codes: { LOCAL: ['POS_METHOD_NOT_IMPLEMENTED', 'POS_CUSTOMER_ASKED_NOT_TRIED'], ISO8583: ['58', '97'] },
  },
  LEGACY_INCOMPATIBLE: {
    group: 'unsupported',
    menders: ['vendor', 'merchant'],
    codes: { LOCAL: ['POS_FIRMWARE_TOO_OLD', 'POS_NO_SCANNER'], ALIPAY: ['ACQ.NOT_SUPPORT_PAYMENT_INST'] },
  },
  CHANNEL_COMPETITION: {
    group: 'unsupported',
    menders: ['acquirer', 'isv'],
    codes: { LOCAL: ['POS_CHANNEL_CLOSED'] },
  },
  SILENT_SUBSTITUTION: { group: 'unsupported', menders: ['acquirer', 'merchant'] },
  POLICY_LICENCE: {
    group: 'unsupported',
    menders: ['regulator', 'acquirer'],
    codes: { ALIPAY: ['ACQ.RESTRICTED_MERCHANT_INDUSTRY'], LOCAL: ['POS_LICENCE_REGION'] },
  },
  NO_AGREEMENT: {
    group: 'unsupported',
    menders: ['merchant', 'acquirer'],
    codes: {
      ALIPAY: [
        'ACQ.ACCESS_FORBIDDEN',
        'ACQ.UN_SUPPORT_TRADE_SCENE',
        'ACQ.MERCHANT_AGREEMENT_NOT_EXIST',
        'ACQ.MERCHANT_AGREEMENT_INVALID',
      ],
      ISO8583: ['03', '40'],
    },
  },
  MARGIN_FEE: { group: 'unsupported', menders: ['merchant'] },
  COST_BENEFIT: { group: 'unsupported', menders: ['merchant'] },
  RISK_APPETITE: { group: 'unsupported', menders: ['merchant'] },
  CUSTOMER_MIX: { group: 'unsupported', menders: ['merchant'], codes: { LOCAL: ['POS_CASHIER_REFUSED'] } },
  BUYER_CREDIT: {
    group: 'buyer',
    menders: ['customer'],
    codes: {
      ALIPAY: [
        'ACQ.BUYER_BALANCE_NOT_ENOUGH',
        'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR',
        'ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR',
      ],
      ISO8583: ['51', '61', '65'],
    },
  },
  BUYER_ACCOUNT: {
    group: 'buyer',
    menders: ['customer'],
    codes: { ALIPAY: ['ACQ.BUYER_ENABLE_STATUS_FORBID', 'ACQ.NOT_CERTIFIED_USER'], ISO8583: ['57', '62'] },
  },
  LIMIT: {
    group: 'limit',
    menders: ['acquirer'],
    codes: { ALIPAY: ['ACQ.PRODUCT_AMOUNT_LIMIT_ERROR', 'ACQ.BEYOND_PAY_RESTRICTION'], ISO8583: ['13'] },
  },
  RISK_DECLINE: {
    group: 'risk',
    menders: ['wallet'],
    codes: {
      ALIPAY: ['ACQ.PAYMENT_REQUEST_HAS_RISK', 'ACQ.SELLER_BEEN_BLOCKED'],
      ISO8583: ['05', '34', '59', '63'],
    },
  },
  SYSTEM: {
    group: 'system',
    menders: ['acquirer', 'wallet'],
    codes: {
      ALIPAY: ['ACQ.SYSTEM_ERROR'],
      ISO8583: ['68', '91', '92', '96', '98'],
      WECHAT: ['SYSTEMERROR', 'BANKERROR'],
    },
  },
  OPERATION: {
    group: 'operation',
    menders: ['merchant', 'isv'],
    codes: { ALIPAY: ['ACQ.PAYMENT_AUTH_CODE_INVALID', 'ACQ.INVALID_PARAMETER'], ISO8583: ['12', '17', '30'] },
  },
  UNMAPPED: { group: 'unknown', menders: ['us'] },
} as const satisfies Record<string, CatalogueEntry>

export type Reason = keyof typeof catalogue

export const reasons = Object.keys(catalogue) as Reason[]
export const groupOf = (reason: Reason): ReasonGroup => catalogue[reason].group

/** What an own code may be mapped to: any reason but the one that is read off an outcome, not off a code. */
export const mappableReasons = reasons.filter((reason) => reason !== 'SILENT_SUBSTITUTION')

export type DeclarableCause = Exclude<Reason, 'SILENT_SUBSTITUTION'>

/** What a merchant or its terminal may declare as the cause. */
export const declarableCauses = mappableReasons.filter((reason) => groupOf(reason) === 'unsupported')

/** A provider's own codes: `keyOf(system, value)` → reason. */
export type OwnCodes = ReadonlyMap<string, Reason>

/** Whether a code can have this value: 1 to 64 characters that UTF-8 can write (contract section 4). */
export const isCodeValue = (value: string): boolean => /^[^\uD800-\uDFFF]{1,64}$/u.test(value) && !value.includes('\0')

export const keyOf = (system: string, value: string): string => `${system} ${value}`

/** What each known code is evidence for: `keyOf(system, value)` → reason. */
export const knownCodes: ReadonlyMap<string, Reason> = new Map(
  reasons.flatMap((reason) => {
    const entry: CatalogueEntry = catalogue[reason]
    return Object.entries(entry.codes ?? {}).flatMap(([system, values]) =>
      values.map((value) => [keyOf(system, value), reason] as const),
    )
  }),
)
