// One shop's day: its own visitors, and those who come over because the shop next door turned Huabei down.
import { MINUTE, HOUR, midnightOf } from './calendar.ts'
import type { Day } from './calendar.ts'
import { play } from './checkout.ts'
import type { Checkout } from './checkout.ts'
import { knownOf } from './customers.ts'
import { neighbourOf } from './market.ts'
import type { Market, Merchant } from './market.ts'
import { methodOutsideWallet, huabeiBills } from './payments.ts'
import { Random } from './random.ts'
import { storyOn } from './stories.ts'
import { TillLog } from './till-log.ts'
import { tradeOf } from './trades.ts'
import { visitsOf } from './visits.ts'

/** Of the customers who leave unserved, how many buy next door. Close to the 13.7 % who go to another store when
 *  an article is out of stock, and more where the next restaurant is in sight (domain notes, section 5, "Fallback"). */
const GOES_NEXT_DOOR = 0.3

/** All checkouts begun at the shop on that local day: the same whenever and in whatever order asked. */
export function checkoutsOf(of: Market, merchant: Merchant, day: Day): Checkout[] {
  const own = visitsOf(of, merchant, day).map((visit) => play(merchant, visit))
  const checkouts = [...own, ...fromNextDoor(of, merchant, day)]
  return merchant.shop.reportsSales ? checkouts : checkouts.map(onlyWhatFailed)
}

function onlyWhatFailed(checkout: Checkout): Checkout {
  return { ...checkout, events: checkout.events.filter(({ type }) => type === 'tillsight.payment.declined') }
}

function fromNextDoor(of: Market, merchant: Merchant, day: Day): Checkout[] {
  const neighbour = neighbourOf(of, merchant)
  if (neighbour === null) return []
  const closes = midnightOf(day) + tradeOf(merchant.record.mcc).closes * HOUR
  return visitsOf(of, neighbour, day)
    .filter(({ asks }) => asks !== null) // played again, so only those who can have been refused
    .map((visit) => play(neighbour, visit))
    .filter(({ refused, ending }) => refused && ending === 'abandoned')
    .flatMap(({ visit }) => {
      const random = new Random(of.seed, merchant.merchantNo, 'from next door', visit.checkoutId)
      const at = visit.at + Math.round(random.between(4, 35) * MINUTE)
      if (!random.chance(GOES_NEXT_DOOR) || at > closes) return []
      return [
        serve(merchant, {
          ...visit,
          checkoutId: `${visit.checkoutId}-N`,
          at,
          till: random.pick(merchant.terminals),
          random,
        }),
      ]
    })
}

/** Wiser now, the customer asks only where Huabei is taken, and pays otherwise where it isn't. */
function serve(merchant: Merchant, visit: Checkout['visit']): Checkout {
  const { random, amount, checkoutId, at } = visit
  const customer = { ...visit.customer, regular: false }
  const log = new TillLog(merchant, visit.till.terminalNo, {
    checkoutId,
    at,
    customer: knownOf(merchant, customer, random),
    random,
  })
  const open = storyOn(visit.till, visit.day).answer === 'approves'
  log.nextAttempt()
  if (open) log.succeeded({ amount, method: 'HUABEI' }, huabeiBills(amount, random))
  else log.succeeded({ amount, method: methodOutsideWallet(random) })
  return {
    checkoutId,
    visit: { ...visit, customer, asks: open ? 'HUABEI' : null },
    ending: open ? 'approved' : 'paid',
    refused: false,
    events: log.events,
  }
}
