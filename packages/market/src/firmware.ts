// What old firmware makes of what happened, before it is sent. Every defect here is one that real terminals have; how
// often is invented. The rest of the market is as it should be, so that what these tills do to the figures can be seen.
import { DAY, HOUR, MINUTE, SECOND, dayOf, midnightOf } from './calendar.ts'
import type { Code, UnnumberedEvent } from './events.ts'
import type { Market, Merchant, Terminal } from './market.ts'
import { Random } from './random.ts'
import type { Weighted } from './random.ts'
import { tradeOf } from './trades.ts'

/** An event as the till writes it down: perhaps none that the contract knows. */
export type Written = {
  /** When it really was written, UTC milliseconds. */
  at: number
  terminalNo: string
  id: string
  type: string
  /** The till's own idea of the time. */
  time: number
  data: object
}

export const DEFECTS = [
  /** No milliseconds in its times. */
  'wholeSeconds',
  /** Doesn't wait for the answer to what it sends, and sends it again. */
  'sendsTwice',
  /** Its clock is minutes ahead: what is new counts as `time_in_future` where it is more than five. */
  'fastClock',
  /** Its clock once stood still, and is hours behind ever since. */
  'slowClock',
  /** An empty battery: on some mornings it begins in 2018 (`too_old`) until it has found the time. */
  'deadBattery',
  /** The vendor's own codes where the contract's belong (`UNMAPPED`). */
  'vendorCodes',
  /** Reports a type of event that nobody ever agreed on (`unknown_type`). */
  'heartbeats',
  /** Its cashier tries it with a sale of nothing before the shop opens (`amount_out_of_range`). */
  'testSales',
  /** Writes yuan with a decimal point where fen belong (`invalid_event`). */
  'yuan',
  /** Was exchanged for a spare one whose number nobody registered (`unknown_terminal`). */
  'spareTill',
] as const

export type Defect = (typeof DEFECTS)[number]

const OLD: readonly Weighted<Defect | null>[] = [
  [null, 40],
  ['wholeSeconds', 16],
  ['sendsTwice', 10],
  ['fastClock', 8],
  ['slowClock', 5],
  ['deadBattery', 6],
  ['vendorCodes', 7],
  ['heartbeats', 4],
  ['testSales', 2],
  ['yuan', 2],
]
const NEW: readonly Weighted<Defect | null>[] = [
  [null, 940],
  ['wholeSeconds', 25],
  ['fastClock', 12],
  ['heartbeats', 8],
  ['testSales', 8],
  ['spareTill', 7],
]

export function defectOf(of: Market, { merchantNo }: Merchant, { terminalNo, record }: Terminal): Defect | null {
  const isOld = record.deviceType === '02' || record.firmware < '3'
  return new Random(of.seed, 'defect', merchantNo, terminalNo).weighted(isOld ? OLD : NEW)
}

const SENDS_AGAIN = 0.3
const HEARTBEATS = 0.2
const BATTERY_EMPTY = 0.25
/** What a clock shows that has lost everything. */
const FACTORY_TIME = Date.parse('2018-01-01T00:00:00+08:00')
const VENDOR_CODES: readonly Weighted<Code>[] = [
  [{ system: 'LOCAL', value: 'ERR_0x1F' }, 5],
  [{ system: 'LOCAL', value: 'E-77 交易失败' }, 3],
  [{ system: 'ISO8583', value: 'Z9' }, 2],
]

/** What the till writes down of one event: itself where nothing is the matter; some firmware adds others. */
export function writtenBy(of: Market, merchant: Merchant, till: Terminal, event: UnnumberedEvent): Written[] {
  const { id, type, data } = event
  const at = Date.parse(event.time)
  const written: Written = { at, terminalNo: till.terminalNo, id, type, time: at, data }
  const defect = defectOf(of, merchant, till)
  if (defect === null) return [written]
  const own = new Random(of.seed, 'defect', merchant.merchantNo, till.terminalNo, 'size')
  return withDefect(defect, written, {
    own,
    random: new Random(of.seed, id),
    opens: tradeOf(merchant.record.mcc).opens,
  })
}

/** `own` is the same for all events of the till, `random` for all copies of the event. */
function withDefect(
  defect: Defect,
  written: Written,
  { own, random, opens }: { own: Random; random: Random; opens: number },
): Written[] {
  const { at, data, id } = written
  switch (defect) {
    case 'wholeSeconds':
      return [{ ...written, time: Math.floor(at / SECOND) * SECOND }]
    case 'sendsTwice':
      return random.chance(SENDS_AGAIN)
        ? [written, { ...written, at: at + Math.round(random.between(5, 60) * SECOND) }]
        : [written]
    case 'fastClock':
      return [{ ...written, time: at + Math.round(own.between(1, 9) * MINUTE) }]
    case 'slowClock':
      return [{ ...written, time: at - Math.round(own.between(1, 8) * HOUR) }]
    case 'deadBattery': {
      const midnight = midnightOf(dayOf(at))
      const lost = new Random(own.word(), midnight)
      const found = midnight + (opens + lost.between(0.5, 4)) * HOUR
      const isLost = lost.chance(BATTERY_EMPTY) && at < found
      return [isLost ? { ...written, time: FACTORY_TIME + ((at - midnight) % DAY) } : written]
    }
    case 'vendorCodes':
      return [{ ...written, data: 'code' in data ? { ...data, code: random.weighted(VENDOR_CODES) } : data }]
    case 'heartbeats':
      return random.chance(HEARTBEATS)
        ? [written, { ...written, id: `${id}-hb`, type: 'tillsight.terminal.heartbeat', data: { uptime: 3_600 } }]
        : [written]
    case 'testSales': {
      const test = { checkoutId: `test-${id}`, attempt: 1, amount: 0, method: 'CASH' }
      return written.type === 'tillsight.terminal.reported' || random.chance(0.01)
        ? [{ ...written, id: `${id}-test`, type: 'tillsight.payment.succeeded', data: test }, written]
        : [written]
    }
    case 'yuan':
      return [{ ...written, data: 'amount' in data ? { ...data, amount: Number(data.amount) / 100 } : data }]
    case 'spareTill':
      return [{ ...written, terminalNo: `9${written.terminalNo.slice(1)}` }]
  }
}
