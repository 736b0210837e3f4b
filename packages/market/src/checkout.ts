// One visit played out at the till, from the customer's wish to the last event.
import { knownOf } from './customers.ts'
import type { HuabeiMethod, KnownCustomer, UnnumberedEvent } from './events.ts'
import { abandonmentChance, fallbackOf } from './fallback.ts'
import type { Fallback } from './fallback.ts'
import type { Merchant } from './market.ts'
import {
  ORDINARY_DECLINE,
  ORDINARY_DECLINES,
  PENDING,
  PENDING_CODES,
  anyMethod,
  huabeiBills,
  methodOutsideWallet,
  walletBills,
} from './payments.ts'
import { refusalsOf, storyOn } from './stories.ts'
import type { Refusal, Story } from './stories.ts'
import { TillLog } from './till-log.ts'
import { comesBackAt } from './visits.ts'
import type { Visit } from './visits.ts'
import type { Weighted } from './random.ts'

export type Ending = 'paid' | 'approved' | 'substituted' | 'pending' | Fallback

export type Checkout = {
  checkoutId: string
  visit: Visit
  /** What the customer meant to do. Contract section 5 may see it otherwise: the till may not report it, the same
   *  customer may happen to come again within a day, a payment may be taken back. */
  ending: Ending
  /** True where the till refused Huabei for a reason of the unsupported group. */
  refused: boolean
  /** Everything the visit led to; a customer who comes back pays in a checkout of its own, perhaps the next day. */
  events: UnnumberedEvent[]
}

const SCANS_AGAIN = 0.08
const OTHER_TILL = 0.06
const TAKEN_BACK = 0.004
/** Of those whose wallet silently charged something else, how many notice and have it taken back. */
const NOTICES = 0.04

export function play(merchant: Merchant, visit: Visit): Checkout {
  const { random, customer, checkoutId, asks } = visit
  const story = storyOn(visit.till, visit.day)
  const known = knownOf(merchant, customer, random)
  const log = new TillLog(merchant, visit.till.terminalNo, { checkoutId, at: visit.at, customer: known, random })
  const counter = { merchant, visit, story, log, known }
  const refusals = asks && refusalsOf(story, asks, visit.random)

  const { ending, later = [] } =
    asks === null
      ? paysOrdinarily(counter)
      : refusals
        ? isRefused(counter, asks, refusals)
        : story.answer === 'substitutes'
          ? isSubstituted(counter, asks)
          : isServed(counter, asks)

  return { checkoutId, visit, ending, refused: Boolean(refusals), events: [...log.events, ...later] }
}

type Counter = { merchant: Merchant; visit: Visit; story: Story; log: TillLog; known: KnownCustomer | undefined }
type End = { ending: Ending; later?: UnnumberedEvent[] }

function paysOrdinarily(counter: Counter): End {
  const {
    visit: { amount, random },
    log,
  } = counter
  const method = anyMethod(random)
  log.nextAttempt().succeeded({ amount, method }, method === 'ALIPAY' ? walletBills(amount, random) : undefined)
  mayBeTakenBack(counter)
  return { ending: 'paid' }
}

function isRefused(counter: Counter, asks: HuabeiMethod, refusals: readonly Weighted<Refusal>[]): End {
  const {
    visit: { amount, random },
    log,
  } = counter
  const refusal = random.weighted(refusals)
  log.nextAttempt().declined({ amount, method: asks }, refusal)
  if (random.chance(SCANS_AGAIN)) log.wait(6, 25).nextAttempt().declined({ amount, method: asks }, refusal)
  return fallsBack(counter, asks)
}

/** Sees the customer through after a refusal, within the quarter of an hour that counts (contract section 5, W). */
function fallsBack(counter: Counter, asks: HuabeiMethod): End {
  const { merchant, visit, story, log } = counter
  const { amount, random, customer } = visit
  const abandons = abandonmentChance(customer.ageBand, amount, merchant.shop.impatience)
  const ending = fallbackOf(random, abandons, story.scans)
  const otherTill = random.chance(OTHER_TILL) ? random.pick(merchant.terminals).terminalNo : null
  if (otherTill !== null && ending !== 'abandoned') log.wait(20, 90).moveTo(otherTill)
  switch (ending) {
    case 'recoveredInWallet':
      log
        .wait(4, 45)
        .nextAttempt()
        .succeeded({ amount, method: 'ALIPAY', intendedMethod: asks }, walletBills(amount, random))
      mayBeTakenBack(counter)
      return { ending }
    case 'recoveredOther':
      log
        .wait(12, 150)
        .nextAttempt()
        .succeeded({ amount, method: methodOutsideWallet(random) })
      mayBeTakenBack(counter)
      return { ending }
    case 'downsized': {
      // Something is put back: between a fifth and two thirds of the basket.
      const paid = Math.max(1, Math.min(amount - 1, Math.round((amount * random.between(0.34, 0.8)) / 10) * 10))
      log
        .wait(40, 300)
        .nextAttempt()
        .succeeded({ amount: paid, method: methodOutsideWallet(random) })
      return { ending }
    }
    case 'deferred':
      return { ending, later: comesBack(counter) }
    case 'abandoned':
      if (random.chance(merchant.shop.voids)) log.wait(20, 240).abandoned()
      return { ending }
  }
}

/** The customer returns for the basket: in a checkout of its own, or in the same one where the till had parked it. */
function comesBack({ merchant, visit, log, known }: Counter): UnnumberedEvent[] {
  const { amount, random } = visit
  const at = comesBackAt(merchant, visit.day, visit.at, random)
  const paid = { amount, method: methodOutsideWallet(random) }
  // Without a token only a parked basket can show that it was the same customer.
  if (known === undefined || random.chance(0.3)) {
    log.at = at
    log.nextAttempt().succeeded(paid)
    return []
  }
  const terminalNo = random.pick(merchant.terminals).terminalNo
  const again = new TillLog(merchant, terminalNo, { checkoutId: `${visit.checkoutId}-B`, at, customer: known, random })
  again.nextAttempt().succeeded(paid)
  return again.events
}

function isSubstituted(counter: Counter, asks: HuabeiMethod): End {
  const {
    visit: { amount, random },
    log,
  } = counter
  // Some tills keep the method asked for, some write the one charged; `intendedMethod` tells in both.
  const method = random.chance(0.7) ? asks : 'ALIPAY'
  log.wait(3, 12).nextAttempt().succeeded({ amount, method, intendedMethod: asks }, walletBills(amount, random))
  if (!random.chance(NOTICES)) return { ending: 'substituted' }
  log.wait(20, 120).reversed(log.attempt)
  return fallsBack(counter, asks)
}

/** The till takes Huabei; the buyer, the wallet or the line may still say no. */
function isServed(counter: Counter, asks: HuabeiMethod): End {
  const {
    visit: { amount, random },
    log,
  } = counter
  const payment = { amount, method: asks }
  log.nextAttempt()
  if (random.chance(PENDING)) {
    log.wait(3, 8).pending(payment, random.weighted(PENDING_CODES))
    const resolves = random.next()
    log.wait(8, 60)
    if (resolves > 0.9) return { ending: 'pending' } // nobody ever asked the wallet again
    if (resolves > 0.7) {
      log.declined(payment, random.weighted(ORDINARY_DECLINES))
      return fallsBack(counter, asks)
    }
  } else if (random.chance(ORDINARY_DECLINE)) {
    log.wait(2, 8).declined(payment, random.weighted(ORDINARY_DECLINES))
    return fallsBack(counter, asks)
  }
  log.wait(2, 8).succeeded(payment, huabeiBills(amount, random))
  mayBeTakenBack(counter)
  return { ending: 'approved' }
}

/** A payment keyed wrongly is reversed within minutes, and mostly made again. */
function mayBeTakenBack({ visit: { amount, random }, log }: Counter): void {
  if (!random.chance(TAKEN_BACK)) return
  log.wait(30, 240).reversed(log.attempt)
  if (random.chance(0.7)) log.wait(10, 60).nextAttempt().succeeded({ amount, method: 'WECHAT' })
}
