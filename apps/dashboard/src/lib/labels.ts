/** Names of what the figures speak of, in the reader's language. */

import type { Mender, Reason } from '@tillsight/shared/events/reasons.ts'
import type { Dimension } from '@tillsight/shared/metrics/segments.ts'
import type { Method } from '@tillsight/shared/events/event.ts'
import type { Fate } from '#charts/daily-outcomes/rows.ts'
import type { FlowNode } from '#charts/request-flow/rows.ts'
import type { FilterName } from '#lib/filters.ts'
import { count } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'

type Name = () => string

/** Whom a text speaks to: the acquirer reads of its merchants. */
export type Reader = 'merchant' | 'provider'

/** 1 单, 12 单; 1 sale, 12 sales. */
export const checkouts = (n: number): string => m.unit_checkouts({ count: count(n) })

export const fateName: Record<Fate, Name> = {
  lost: m.fate_lost,
  unknown: m.fate_unknown,
  open: m.fate_open,
  deferred: m.fate_deferred,
  recovered: m.fate_recovered,
}

export const nodeName: Record<FlowNode, Name> = {
  attempted: m.node_attempted,
  declined: m.node_declined,
  pending: m.node_pending,
  approved: m.node_approved,
  'group:unsupported': m.group_unsupported,
  'group:buyer': m.group_buyer,
  'group:limit': m.group_limit,
  'group:risk': m.group_risk,
  'group:system': m.group_system,
  'group:operation': m.group_operation,
  'group:unknown': m.group_unknown,
  abandoned: m.node_abandoned,
  downsized: m.node_downsized,
  unknown: m.node_unknown,
  open: m.node_open,
  deferred: m.node_deferred,
  recoveredOther: m.node_recovered_other,
  recoveredInWallet: m.node_recovered_in_wallet,
}

const menders: Record<Mender, Name> = {
  vendor: m.mender_vendor,
  acquirer: m.mender_acquirer,
  isv: m.mender_isv,
  merchant: m.mender_merchant,
  regulator: m.mender_regulator,
  customer: m.mender_customer,
  wallet: m.mender_wallet,
  us: m.mender_us,
}

const mendersTo: Record<Reader, Record<Mender, Name>> = {
  merchant: menders,
  provider: { ...menders, acquirer: m.mender_acquirer_provider, merchant: m.mender_merchant_provider },
}

export const menderNames = (those: readonly Mender[], reader: Reader = 'merchant'): string =>
  those.map((mender) => mendersTo[reader][mender]()).join(m.list_join())

export const reasonName: Record<Reason, Name> = {
  TECH_NO_SUPPORT: m.reason_TECH_NO_SUPPORT,
  LEGACY_INCOMPATIBLE: m.reason_LEGACY_INCOMPATIBLE,
  CHANNEL_COMPETITION: m.reason_CHANNEL_COMPETITION,
  SILENT_SUBSTITUTION: m.reason_SILENT_SUBSTITUTION,
  POLICY_LICENCE: m.reason_POLICY_LICENCE,
  NO_AGREEMENT: m.reason_NO_AGREEMENT,
  MARGIN_FEE: m.reason_MARGIN_FEE,
  COST_BENEFIT: m.reason_COST_BENEFIT,
  RISK_APPETITE: m.reason_RISK_APPETITE,
  CUSTOMER_MIX: m.reason_CUSTOMER_MIX,
  BUYER_CREDIT: m.reason_BUYER_CREDIT,
  BUYER_ACCOUNT: m.reason_BUYER_ACCOUNT,
  LIMIT: m.reason_LIMIT,
  RISK_DECLINE: m.reason_RISK_DECLINE,
  SYSTEM: m.reason_SYSTEM,
  OPERATION: m.reason_OPERATION,
  UNMAPPED: m.reason_UNMAPPED,
}

const remedies: Record<Reason, Name> = {
  TECH_NO_SUPPORT: m.remedy_TECH_NO_SUPPORT,
  LEGACY_INCOMPATIBLE: m.remedy_LEGACY_INCOMPATIBLE,
  CHANNEL_COMPETITION: m.remedy_CHANNEL_COMPETITION,
  SILENT_SUBSTITUTION: m.remedy_SILENT_SUBSTITUTION,
  POLICY_LICENCE: m.remedy_POLICY_LICENCE,
  NO_AGREEMENT: m.remedy_NO_AGREEMENT,
  MARGIN_FEE: m.remedy_MARGIN_FEE,
  COST_BENEFIT: m.remedy_COST_BENEFIT,
  RISK_APPETITE: m.remedy_RISK_APPETITE,
  CUSTOMER_MIX: m.remedy_CUSTOMER_MIX,
  BUYER_CREDIT: m.remedy_BUYER_CREDIT,
  BUYER_ACCOUNT: m.remedy_BUYER_ACCOUNT,
  LIMIT: m.remedy_LIMIT,
  RISK_DECLINE: m.remedy_RISK_DECLINE,
  SYSTEM: m.remedy_SYSTEM,
  OPERATION: m.remedy_OPERATION,
  UNMAPPED: m.remedy_UNMAPPED,
}

const remediesTo: Record<Reader, Record<Reason, Name>> = {
  merchant: remedies,
  provider: {
    ...remedies,
    TECH_NO_SUPPORT: m.remedy_TECH_NO_SUPPORT_provider,
    CHANNEL_COMPETITION: m.remedy_CHANNEL_COMPETITION_provider,
    SILENT_SUBSTITUTION: m.remedy_SILENT_SUBSTITUTION_provider,
    POLICY_LICENCE: m.remedy_POLICY_LICENCE_provider,
    NO_AGREEMENT: m.remedy_NO_AGREEMENT_provider,
    RISK_APPETITE: m.remedy_RISK_APPETITE_provider,
    CUSTOMER_MIX: m.remedy_CUSTOMER_MIX_provider,
    LIMIT: m.remedy_LIMIT_provider,
    OPERATION: m.remedy_OPERATION_provider,
  },
}

export const remedy = (reason: Reason, reader: Reader): string => remediesTo[reader][reason]()

/** What the article that the project began with calls the remedy; '' where it speaks of none. */
const ways: Partial<Record<Reason, Name>> = {
  TECH_NO_SUPPORT: m.way_TECH_NO_SUPPORT,
  LEGACY_INCOMPATIBLE: m.way_LEGACY_INCOMPATIBLE,
  CHANNEL_COMPETITION: m.way_CHANNEL_COMPETITION,
  SILENT_SUBSTITUTION: m.way_CHANNEL_COMPETITION,
  POLICY_LICENCE: m.way_POLICY_LICENCE,
  NO_AGREEMENT: m.way_NO_AGREEMENT,
  MARGIN_FEE: m.way_MARGIN_FEE,
  COST_BENEFIT: m.way_COST_BENEFIT,
  RISK_APPETITE: m.way_RISK_APPETITE,
  CUSTOMER_MIX: m.way_CUSTOMER_MIX,
}
export const remedyName = (reason: Reason): string => ways[reason]?.() ?? ''

const segmentNames: Record<Dimension, Record<string, Name>> = {
  ageBand: {
    'under-18': m.age_under_18,
    '18-24': m.age_18_24,
    '25-34': m.age_25_34,
    '35-44': m.age_35_44,
    '45-59': m.age_45_59,
    '60+': m.age_60,
  },
  returning: { returning: m.customer_returning, new: m.customer_new },
  ticketBand: {
    'under-50': m.ticket_under_50,
    '50-99': m.ticket_50_99,
    '100-299': m.ticket_100_299,
    '300-999': m.ticket_300_999,
    '1000+': m.ticket_1000,
  },
  daypart: {
    morning: m.daypart_morning,
    lunch: m.daypart_lunch,
    afternoon: m.daypart_afternoon,
    dinner: m.daypart_dinner,
    evening: m.daypart_evening,
    night: m.daypart_night,
  },
  weekday: {
    mon: m.weekday_mon,
    tue: m.weekday_tue,
    wed: m.weekday_wed,
    thu: m.weekday_thu,
    fri: m.weekday_fri,
    sat: m.weekday_sat,
    sun: m.weekday_sun,
  },
}

/** 18–24 岁, aged 18–24; where it was not told, says so. */
export const segmentName = (by: Dimension, segment: string): string =>
  (segmentNames[by][segment] ?? m.segment_unknown)()

const methodNames: Record<Method | 'none', Name> = {
  HUABEI: m.method_HUABEI,
  HUABEI_INSTALMENT: m.method_HUABEI_INSTALMENT,
  ALIPAY: m.method_ALIPAY,
  WECHAT: m.method_WECHAT,
  CARD: m.method_CARD,
  UNIONPAY_QR: m.method_UNIONPAY_QR,
  ECNY: m.method_ECNY,
  CASH: m.method_CASH,
  OTHER: m.method_OTHER,
  none: m.method_none,
}

export const filterName: Record<FilterName, Name> = {
  terminal: m.filter_terminal,
  reason: m.filter_reason,
  outcome: m.filter_outcome,
  savedBy: m.filter_savedBy,
  ageBand: m.filter_ageBand,
  returning: m.filter_returning,
  ticketBand: m.filter_ticketBand,
  daypart: m.filter_daypart,
  weekday: m.filter_weekday,
}

const nameIn = (names: Record<string, Name>, value: string): string => names[value]?.() ?? value

/** Of a group of a breakdown; what came in an address and is none is named as it came. */
export function filterValueName(filter: FilterName, value: string): string {
  switch (filter) {
    case 'terminal':
      return value.slice(value.indexOf(':') + 1)
    case 'reason':
      return nameIn(reasonName, value)
    case 'outcome':
      return nameIn(nodeName, value)
    case 'savedBy':
      return nameIn(methodNames, value)
    default:
      return segmentName(filter, value)
  }
}

const swatches: Partial<Record<string, Fate>> = {
  abandoned: 'lost',
  downsized: 'lost',
  unknown: 'unknown',
  open: 'open',
  deferred: 'deferred',
}

/** The mark of an outcome, as in the charts. */
export const outcomeSwatch = (outcome: string): Fate => swatches[outcome] ?? 'recovered'
