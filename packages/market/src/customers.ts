// The people of a city. A customer is only a number within a city and age band; all else follows from it,
// so whoever meets the same customer meets the same token, age and habits.
import { createHmac } from 'node:crypto'
import type { KnownCustomer } from './events.ts'
import type { Market, Merchant } from './market.ts'
import { Random } from './random.ts'
import type { AgeBand } from './trades.ts'

export type Customer = {
  /** Names the person within the market; never sent, tills send only its keyed hash. */
  person: string
  ageBand: AgeBand
  usesHuabei: boolean
  regular: boolean
}

const PEOPLE_PER_BAND = 4_000
const REGULARS_PER_BAND = 60
const REGULAR_SHARE = 0.45

/** Share of each band with Huabei as a habit. Invented, so that about 0.72 of those who ask are under 35 (domain notes,
 *  section 5); Huabei is for adults. */
const HABIT: Record<AgeBand, number> = {
  'under-18': 0,
  '18-24': 0.44,
  '25-34': 0.4,
  '35-44': 0.25,
  '45-59': 0.14,
  '60+': 0.05,
}

/** Of the regulars with that habit, the share that a shop which doesn't take Huabei has lost for good (the article's 用户体验):
 *  it is why refused customers come back less often than others. */
const ESTRANGED = 0.45

/** Whoever of that age comes in next: a regular of the shop, or anyone of the city. */
export function customerAt(
  of: Market,
  merchant: Merchant,
  ageBand: AgeBand,
  takesHuabei: boolean,
  random: Random,
): Customer {
  if (random.chance(REGULAR_SHARE)) {
    // Squared, so that some regulars come far more often than others.
    const favourite = Math.floor(random.next() ** 2 * REGULARS_PER_BAND)
    const n = new Random(of.seed, merchant.merchantNo, 'regular', ageBand, favourite).below(PEOPLE_PER_BAND)
    const regular = person(of, merchant.city, ageBand, n)
    if (takesHuabei || !regular.usesHuabei || !random.chance(ESTRANGED)) return { ...regular, regular: true }
  }
  return { ...person(of, merchant.city, ageBand, random.below(PEOPLE_PER_BAND)), regular: false }
}

function person(of: Market, city: string, ageBand: AgeBand, n: number): Omit<Customer, 'regular'> {
  const name = `${city}/${ageBand}/${n}`
  return { person: name, ageBand, usesHuabei: new Random(of.seed, name).chance(HABIT[ageBand]) }
}

// How much a till knows. Invented: a payment code or a membership names most customers, an age comes only from a
// membership with consent (domain notes, section 6).
const TOKEN_KNOWN = 0.88
const AGE_KNOWN = 0.7
const RETURNING_KNOWN = 0.85

/** What the till tells of the customer; undefined where it knows nothing. */
export function knownOf(merchant: Merchant, customer: Customer, random: Random): KnownCustomer | undefined {
  const known: KnownCustomer = {}
  const [token, age, returning] = [random.chance(TOKEN_KNOWN), random.chance(AGE_KNOWN), random.chance(RETURNING_KNOWN)]
  if (!token) return undefined
  known.token = tokenOf(merchant, customer)
  if (age) known.ageBand = customer.ageBand
  if (returning) known.returning = customer.regular
  return known
}

/** The pseudonym a till makes at the edge: HMAC-SHA256 of the wallet's user under the key its tills share. */
function tokenOf(merchant: Merchant, customer: Customer): string {
  return createHmac('sha256', merchant.tokenKey).update(customer.person).digest('hex')
}
