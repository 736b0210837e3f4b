// Contract section 7: who a merchant's peers are in a week, and whether they may be looked at.

import type { Visit } from './visits.ts'
import { isIn, type Week } from './weeks.ts'

export type MerchantRecord = { merchantNo: string; providerId: string; mcc: string; region: string; timeZone: string }

/** A merchant and all that happened there. */
export type Member = MerchantRecord & { visits: readonly Visit[] }

const rules = ['too_few_merchants', 'dominant_merchant', 'too_few_customers'] as const
export type Rule = (typeof rules)[number]

export function attemptedIn(member: Member, week: Week): Visit[] {
  return member.visits.filter((visit) => visit.judged !== null && isIn(visit.judged.t0, week))
}

/**
 * "at least 5 merchants, none with over 25 % of their attempted checkouts, at least 10 distinct customer tokens
 * among them": the first of these that is broken. Tokens are compared as they are, whoever made them.
 */
function brokenRule(members: readonly Member[], week: Week): Rule | null {
  if (members.length < 5) return 'too_few_merchants'
  const each = members.map((member) => attemptedIn(member, week))
  const all = each.flat()
  if (each.some((attempted) => attempted.length > 0.25 * all.length)) return 'dominant_merchant'
  const tokens = new Set(all.map(({ checkout }) => checkout.customer).filter((token) => token !== null))
  return tokens.size < 10 ? 'too_few_customers' : null
}

/** Both kinds of candidates of a week, with the rule that each breaks. */
export type Candidates = {
  week: Week
  /** Merchants of other providers. */
  rivals: readonly Member[]
  rivalsBreak: Rule | null
  /** "the other merchants of the same provider" */
  siblings: readonly Member[]
  siblingsBreak: Rule | null
}

export function candidatesIn(week: Week, own: Member, members: readonly Member[]): Candidates {
  // "merchants with the same MCC and city and an attempted checkout that week"
  const city = (member: Member) => member.region.slice(0, 4)
  const alike = members
    .filter((member) => member.merchantNo !== own.merchantNo)
    .filter((member) => member.mcc === own.mcc && city(member) === city(own))
    .filter((member) => attemptedIn(member, week).length > 0)
  const rivals = alike.filter((member) => member.providerId !== own.providerId)
  const siblings = alike.filter((member) => member.providerId === own.providerId)
  return {
    week,
    rivals,
    rivalsBreak: brokenRule(rivals, week),
    siblings,
    siblingsBreak: brokenRule(siblings, week),
  }
}

/** "those of other providers where they alone meet the rule, else the other merchants of the same provider where those do" */
export function peersOf(candidates: Candidates): readonly Member[] {
  if (candidates.rivalsBreak === null) return candidates.rivals
  return candidates.siblingsBreak === null ? candidates.siblings : []
}

/**
 * Which rule a week breaks that has no peers. The contract doesn't say whose: here, that of the candidates who came
 * closer, so that two merchants of the same provider don't hide that seven rivals lacked but a customer.
 */
export function ruleOf({ rivalsBreak, siblingsBreak }: Candidates): Rule | null {
  if (rivalsBreak === null || siblingsBreak === null) return null
  return rules.indexOf(rivalsBreak) > rules.indexOf(siblingsBreak) ? rivalsBreak : siblingsBreak
}
