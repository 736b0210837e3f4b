/** Names of what the figures speak of, in the reader's language. */

import type { Mender, Reason } from '@tillsight/shared/events/reasons.ts'
import type { Fate } from '#charts/daily-outcomes/rows.ts'
import type { FlowNode } from '#charts/request-flow/rows.ts'
import { count } from '#lib/format.ts'
import { m } from '#paraglide/messages.js'

type Name = () => string

/** 1 单, 12 单; 1 sale, 12 sales. */
export const checkouts = (n: number): string =>
  n === 1 ? m.unit_checkout({ count: count(n) }) : m.unit_checkouts({ count: count(n) })

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

const menderName: Record<Mender, Name> = {
  vendor: m.mender_vendor,
  acquirer: m.mender_acquirer,
  isv: m.mender_isv,
  merchant: m.mender_merchant,
  regulator: m.mender_regulator,
  customer: m.mender_customer,
  wallet: m.mender_wallet,
  us: m.mender_us,
}

export const menderNames = (menders: readonly Mender[]): string =>
  menders.map((mender) => menderName[mender]()).join(m.mender_join())

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

export const remedy: Record<Reason, Name> = {
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
