/**
 * Events that the engine makes by itself: no hundred million of them could be posted. Every value follows from the seed and the
 * checkout's number, so the same seed gives the same events; each is written as the ingest would write it (the test beside this
 * compares).
 */

import type { Shop } from './books.ts'

export interface Trade {
  shops: readonly Shop[]
  seed: string
  checkouts: number
  days: number
  /** UTC milliseconds: local midnight after the last day. */
  until: number
}

interface Step {
  kind: 'pending' | 'declined' | 'succeeded' | 'reversed' | 'abandoned'
  /** 0: the event names none. */
  attempt: number
  method: 'HUABEI' | 'other' | ''
  intended?: 'HUABEI'
  /** Seconds after the checkout's first event. */
  after: number
}

const declined: Step = { kind: 'declined', attempt: 1, method: 'HUABEI', after: 0 }
const sale: Step = { kind: 'succeeded', attempt: 1, method: 'other', after: 0 }
/** What becomes of checkouts, of 20. */
const courses: readonly { of20: number; steps: readonly Step[] }[] = [
  { of20: 12, steps: [sale] },
  { of20: 2, steps: [{ ...sale, method: 'HUABEI' }] },
  { of20: 2, steps: [declined, { ...sale, attempt: 2, after: 40 }] },
  { of20: 1, steps: [declined, { kind: 'abandoned', attempt: 0, method: '', after: 90 }] },
  { of20: 1, steps: [declined] },
  {
    of20: 1,
    steps: [
      { ...declined, kind: 'pending' },
      { ...declined, after: 20 },
      { ...sale, attempt: 2, after: 70, intended: 'HUABEI' },
    ],
  },
  {
    of20: 1,
    steps: [
      declined,
      { ...sale, attempt: 2, after: 40 },
      { kind: 'reversed', attempt: 2, method: '', after: 100 },
      { ...sale, attempt: 3, after: 130 },
    ],
  },
]
const steps = courses.flatMap((course) => course.steps)
const eventsOf20 = courses.reduce((sum, { of20, steps }) => sum + of20 * steps.length, 0)

export const checkoutsFor = (events: number): number => Math.max(20, Math.round(events / eventsOf20) * 20)
export const eventsOf = (checkouts: number): number => (checkouts / 20) * eventsOf20

export const codes = [
  ['LOCAL', 'POS_METHOD_NOT_IMPLEMENTED'],
  ['LOCAL', 'POS_FIRMWARE_TOO_OLD'],
  ['LOCAL', 'POS_CHANNEL_CLOSED'],
  ['LOCAL', 'POS_E2107'],
  ['ALIPAY', 'ACQ.ACCESS_FORBIDDEN'],
  ['ALIPAY', 'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE'],
  ['ALIPAY', 'ACQ.RESTRICTED_MERCHANT_INDUSTRY'],
  ['ALIPAY', 'ACQ.BUYER_BALANCE_NOT_ENOUGH'],
  ['ISO8583', '58'],
  ['ISO8583', '97'],
] as const
const others = ['WECHAT', 'WECHAT', 'WECHAT', 'ALIPAY', 'ALIPAY', 'CASH', 'CARD', 'UNIONPAY_QR']
const ageBands = ['18-24', '25-34', '35-44', '45-59', '60+']

const text = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`
const texts = (values: readonly string[]): string => `[${values.map(text).join()}]`
const numbers = (values: readonly number[]): string => `[${values.join()}]`

/** Even in 0 to 1. */
const even = (what: string): string => `(${what} % 1048576 / 1048576)`

/** How often a customer comes in the days, in the mean. */
const visits = 8

function customersOf({ shops, checkouts }: Trade): number[] {
  const shares = new Map<string, number>()
  for (const { neighbourhood, share } of shops) shares.set(neighbourhood, (shares.get(neighbourhood) ?? 0) + share)
  return shops.map(({ neighbourhood }) => Math.ceil(((shares.get(neighbourhood) ?? 0) * checkouts) / visits) + 5)
}

const dayMs = 86_400_000

/** A statement: the events of the checkouts from number `from` to before `to`. Consecutive numbers lie in consecutive days. */
export function insertEvents(trade: Trade, from: number, to: number): string {
  const { shops, seed, checkouts, days, until } = trade
  const drawn = (what: string): string => `cityHash64(${text(`${seed} ${what}`)}, c)`
  const drawnFor = (what: string, ...of: string[]): string => `cityHash64(${text(`${seed} ${what}`)}, ${of.join()})`
  const course = courses.flatMap(({ of20 }, i) => Array.from({ length: of20 }, () => i + 1))
  const firstStep = courses.map((_, i) => 1 + courses.slice(0, i).reduce((sum, { steps }) => sum + steps.length, 0))
  const isHuabei = `startsWith(method, 'HUABEI')`
  return `
    INSERT INTO checkout_events (merchantNo, day, checkoutId, time, id, terminalNo, body, kind, attempt, amount, method,
      asksHuabei, paidByHuabei, codeSystem, codeValue, channelDisabled, token, ageBand, returning, sequence, receivedAt)
    WITH
      ${texts(shops.map(({ merchantNo }) => merchantNo))} AS merchants,
      ${numbers(shops.map(({ terminals }) => terminals.length))} AS terminals,
      ${texts(shops.map(({ neighbourhood }) => neighbourhood))} AS neighbourhoods,
      ${numbers(customersOf(trade))} AS customers,
      ${numbers(shops.map(({ share, terminals }) => (share * eventsOf20) / 20 / terminals.length))} AS pace
    SELECT merchantNo, toDate(intDiv(time, ${dayMs})), checkoutId, time, id, terminalNo,
      concat('{"data":{',
        if(amount > 0, concat('"amount":', toString(amount), ','), ''),
        if(attempt > 0, concat('"attempt":', toString(attempt), ','), ''),
        '"checkoutId":"', checkoutId, '"',
        if(codeValue != '', concat(',"code":{"system":"', codeSystem, '","value":"', codeValue, '"}'), ''),
        if(amount > 0, ',"currency":"CNY"', ''),
        if(token != '', concat(',"customer":{',
          if(ageBand != '', concat('"ageBand":"', ageBand, '",'), ''),
          if(returning != '', concat('"returning":', if(returning = 'returning', 'true', 'false'), ','), ''),
          '"token":"', token, '"}'), ''),
        if(channelDisabled, ',"disabledChannels":["credit_group"]', ''),
        if(kind IN ('pending', 'declined'), concat(',"final":', if(kind = 'declined', 'true', 'false')), ''),
        if(billed, concat(',"fundBills":[{"amount":', toString(amount), ',"channel":"', if(${isHuabei}, 'PCREDIT', 'BANKCARD'), '"}]'), ''),
        if(intended != '', concat(',"intendedMethod":"', intended, '"'), ''),
        if(amount > 0, concat(',"method":"', method, '"'), ''),
        if(amount > 0, concat(',"outTradeNo":"', checkoutId, '-', terminalNo, '-', toString(attempt), '"'), ''),
        '},"sequence":"', toString(sequence), '","type":"',
        multiIf(kind = 'abandoned', 'tillsight.checkout.abandoned', kind = 'reversed', 'tillsight.payment.reversed',
          kind = 'succeeded', 'tillsight.payment.succeeded', 'tillsight.payment.declined'), '"}') AS body,
      kind, attempt, amount, method, amount > 0 AND (${isHuabei} OR intended != '') AS asksHuabei,
      kind = 'succeeded' AND ${isHuabei} AS paidByHuabei,
      codeSystem, codeValue, channelDisabled, token, ageBand, returning, sequence,
      time + 200 + ${drawnFor('received', 'c', 'step')} % 3000 AS receivedAt
    FROM (
      SELECT merchantNo, checkoutId, terminalNo,
        startedAt + ${numbers(steps.map(({ after }) => after * 1000))}[step]
          + if(step > first, ${drawnFor('pause', 'c', 'step')} % 20000, 0) AS time,
        toString(reinterpretAsUUID(sipHash128(${text(`${seed} id`)}, c, step))) AS uuid,
        concat(substring(uuid, 1, 14), '4', substring(uuid, 16)) AS id,
        ${texts(steps.map(({ kind }) => kind))}[step] AS kind,
        ${numbers(steps.map(({ attempt }) => attempt))}[step] AS attempt,
        ${texts(steps.map(({ method }) => method))}[step] AS asked,
        ${texts(steps.map(({ intended = '' }) => intended))}[step] AS intended,
        if(asked = 'other', if(intended = '', other, 'ALIPAY'), asked) AS method,
        if(asked = '', 0, price) AS amount,
        kind IN ('pending', 'declined') AS refused,
        if(refused, ${texts(codes.map(([system]) => system))}[code], '') AS codeSystem,
        if(refused, ${texts(codes.map(([, value]) => value))}[code], '') AS codeValue,
        refused AND codeValue = 'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE' AS channelDisabled,
        kind = 'succeeded' AND method IN ('HUABEI', 'ALIPAY') AS billed,
        asked != '' AND isKnown AS known,
        if(known, customerToken, '') AS token,
        if(known AND customerNo % 5 < 3, ${texts(ageBands)}[1 + ${drawnFor('age', 'neighbourhood', 'customerNo')} % 5], '') AS ageBand,
        if(known AND c % 5 > 0, if(customerNo % 3 > 0, 'returning', 'new'), '') AS returning,
        numbered + step AS sequence, step, c
      FROM (
        SELECT number AS c,
          least(${shops.length}, toUInt32(floor(exp(${even(drawn('shop'))} * log(${shops.length + 1}))))) AS rank,
          merchants[rank] AS merchantNo,
          intDiv(c * ${days}, ${checkouts}) AS dayNo,
          concat(formatDateTime(toDate(${(until - days * dayMs) / 1000} + 28800 + dayNo * 86400), '%Y%m%d'), '-',
            leftPad(toString(c - intDiv(dayNo * ${checkouts}, ${days})), 6, '0')) AS checkoutId,
          ${until - days * dayMs} + dayNo * ${dayMs} + 6 * 3600000
            + toInt64(9 * 3600000 * (${even(drawn('hour'))} + ${even(drawn('minute'))})) + ${drawn('second')} % 60000 AS startedAt,
          1 + ${drawn('terminal')} % terminals[rank] AS terminal,
          toString(10000000 + terminal) AS terminalNo,
          toInt64(c * pace[rank]) AS numbered,
          ${texts(others)}[1 + ${drawn('method')} % ${others.length}] AS other,
          50 * toUInt64(floor(20 * exp(4.6 * ${even(drawn('price'))}))) AS price,
          -- A till says the same each time, as a rule.
          1 + if(${drawn('odd code')} % 5 = 0, ${drawn('code')}, ${drawnFor('code', 'rank', 'terminal')}) % ${codes.length} AS code,
          ${drawn('known')} % 10 < 6 AS isKnown,
          neighbourhoods[rank] AS neighbourhood,
          toUInt32(floor(pow(${even(drawn('customer'))}, 2) * customers[rank])) AS customerNo,
          if(isKnown, lower(hex(SHA256(concat(${text(seed)}, neighbourhood, toString(customerNo))))), '') AS customerToken,
          ${numbers(course)}[1 + (c * 7 + cityHash64(${text(`${seed} course`)}, intDiv(c, 20))) % 20] AS course,
          ${numbers(firstStep)}[course] AS first,
          arrayJoin(range(first, first + ${numbers(courses.map(({ steps }) => steps.length))}[course])) AS step
        FROM numbers_mt(${from}, ${to - from})
      )
    )
    SETTINGS max_insert_threads = 2`
}
