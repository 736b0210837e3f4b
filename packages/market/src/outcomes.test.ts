// What the events say once they are read back as contract section 5 does: do the shops tell the stories they were given?
// A short reading of its own, for a range that lies wholly in the past.
import { describe, expect, test } from 'vitest'
import type { MarketEvent } from './events.ts'
import { market } from './market.ts'
import { marketEvents } from './stream.ts'
import { AGE_BANDS } from './trades.ts'

const shops = market({ seed: 3 })
const events = [...marketEvents(shops, { from: '2026-10-24', to: '2026-11-23' })]
const minutes = (n: number) => n * 60_000

type Payment = {
  at: number
  amount: number
  request: boolean
  credit: boolean
  token: string | undefined
  checkoutId: string
}
type Read = { day: string; amount: number; kind: string; why: string; age: string | undefined; asked: string }

/** The payments that stand, one for each attempt that succeeded and was not taken back. */
function paymentsOf(own: readonly MarketEvent[]): (Payment & { reversed: boolean })[] {
  const reversed = new Set(
    own.flatMap((e) => (e.type === 'tillsight.payment.reversed' ? [`${e.data.checkoutId} ${e.data.attempt}`] : [])),
  )
  return own.flatMap((e) =>
    e.type !== 'tillsight.payment.succeeded'
      ? []
      : [
          {
            at: Date.parse(e.time),
            amount: e.data.amount,
            request: (e.data.intendedMethod ?? e.data.method).startsWith('HUABEI'),
            credit: e.data.fundBills
              ? e.data.fundBills.some(({ channel }) => channel === 'PCREDIT')
              : e.data.method.startsWith('HUABEI'),
            token: e.data.customer?.token,
            checkoutId: e.data.checkoutId,
            reversed: reversed.has(`${e.data.checkoutId} ${e.data.attempt}`),
          },
        ],
  )
}

const BUYER_OR_OTHER = /BUYER_|PRODUCT_AMOUNT|HAS_RISK|SYSTEM_ERROR|AUTH_CODE|^96$|E2107/

function read(merchantNo: string): Read[] {
  const own = events.filter(({ source }) => source.includes(merchantNo))
  const payments = paymentsOf(own)
  const standing = payments.filter(({ reversed }) => !reversed)
  const paidBy = Map.groupBy(standing, ({ token }) => token)
  const lastSale = Math.max(0, ...payments.filter(({ credit }) => !credit).map(({ at }) => at))
  const checkouts = Map.groupBy(own, (e) => (e.type === 'tillsight.terminal.reported' ? '' : e.data.checkoutId))
  checkouts.delete('')
  return [...checkouts].flatMap(([checkoutId, its]): Read[] => {
    const requests = its.flatMap((e) =>
      (e.type === 'tillsight.payment.declined' || e.type === 'tillsight.payment.succeeded') &&
      (e.data.intendedMethod ?? e.data.method).startsWith('HUABEI')
        ? [e]
        : [],
    )
    const [first] = requests
    if (first === undefined) return []
    const t0 = Date.parse(first.time)
    const base = {
      day: first.time.slice(0, 10),
      amount: first.data.amount,
      age: first.data.customer?.ageBand,
      asked: first.data.method,
    }
    const paidHere = paymentsOf(its)
    const refusal = requests.find((e) => e.type === 'tillsight.payment.declined' && e.data.final)
    const disabled = refusal?.type === 'tillsight.payment.declined' ? refusal.data.disabledChannels?.join() : undefined
    const code = refusal?.type === 'tillsight.payment.declined' ? refusal.data.code.value : ''
    if (paidHere.some(({ credit }) => credit)) return [{ ...base, kind: 'approved', why: '' }]
    const substituted = paidHere.some(({ request }) => request)
    if (!refusal && !substituted) return [{ ...base, kind: 'pending', why: '' }]
    const why = disabled ?? (refusal ? code : 'SILENT_SUBSTITUTION')
    if (disabled === undefined && BUYER_OR_OTHER.test(code)) return [{ ...base, kind: 'other', why }]
    const within = standing.filter((p) => p.checkoutId === checkoutId && p.at >= t0 && p.at <= t0 + minutes(15))
    const paid = within.reduce((sum, p) => sum + p.amount, 0)
    const token = first.data.customer?.token
    const comesBack = [
      ...standing.filter((p) => p.checkoutId === checkoutId),
      ...(token === undefined ? [] : (paidBy.get(token) ?? [])),
    ].some(({ at }) => at > t0 && at <= t0 + minutes(24 * 60))
    const kind =
      paid >= base.amount
        ? within.some(({ request }) => request)
          ? 'recoveredInWallet'
          : 'recoveredOther'
        : paid > 0
          ? 'downsized'
          : comesBack
            ? 'deferred'
            : its.some((e) => e.type === 'tillsight.checkout.abandoned') || lastSale >= t0 + minutes(15)
              ? 'abandoned'
              : 'unknown'
    return [{ ...base, kind, why }]
  })
}

const OUTCOMES = ['recoveredInWallet', 'recoveredOther', 'downsized', 'deferred', 'abandoned']
const reads = shops.merchants.map(({ merchantNo }) => read(merchantNo))
const of = (shop: number) => reads[shop] ?? []
const share = (part: number, whole: number) => part / whole
const count = (all: readonly Read[], ...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind)).length
const reasons = (shop: number) =>
  new Set(
    of(shop)
      .filter(({ kind }) => OUTCOMES.includes(kind))
      .map(({ why }) => why),
  )

describe('over the whole market', () => {
  const settled = reads.flat().filter(({ kind }) => OUTCOMES.includes(kind))

  test('outcomes lie near the defaults they are drawn from (domain notes, section 5)', () => {
    const bands = {
      recoveredInWallet: [0.35, 0.62],
      recoveredOther: [0.2, 0.4],
      downsized: [0.02, 0.08],
      deferred: [0.015, 0.07],
      abandoned: [0.08, 0.3],
    }
    for (const [kind, [low, high]] of Object.entries(bands) as [string, [number, number]][]) {
      expect(share(count(settled, kind), settled.length), kind).toBeGreaterThan(low)
      expect(share(count(settled, kind), settled.length), kind).toBeLessThan(high)
    }
  })

  test('the under-35 are 0.48 to 0.78 of those who ask for Huabei', () => {
    const known = reads.flat().filter(({ age }) => age !== undefined)
    const young = known.filter(({ age }) => AGE_BANDS.slice(0, 3).some((band) => band === age))
    expect(share(young.length, known.length)).toBeGreaterThan(0.48)
    expect(share(young.length, known.length)).toBeLessThan(0.78)
  })

  test('refusing Huabei costs less than 5 % of all sales', () => {
    const sold = shops.merchants
      .flatMap(({ merchantNo }) => paymentsOf(events.filter(({ source }) => source.includes(merchantNo))))
      .filter(({ reversed }) => !reversed)
      .reduce((sum, { amount }) => sum + amount, 0)
    const lost = settled.filter(({ kind }) => kind === 'abandoned').reduce((sum, { amount }) => sum + amount, 0)
    expect(share(lost, sold)).toBeGreaterThan(0.005)
    expect(share(lost, sold)).toBeLessThan(0.05)
  })
})

describe('shop by shop', () => {
  test('the old till cannot, and nobody stays in the wallet', () => {
    expect(reasons(0)).toEqual(new Set(['POS_METHOD_NOT_IMPLEMENTED', 'POS_CUSTOMER_ASKED_NOT_TRIED']))
    expect(count(of(0), 'approved', 'recoveredInWallet')).toBe(0)
  })

  test('the till that switches credit off says so in its requests', () => {
    expect(reasons(1)).toEqual(new Set(['credit_group']))
    expect(count(of(1), 'approved')).toBe(0)
  })

  test('the shop without an agreement is refused by the wallet', () => {
    expect(reasons(2)).toEqual(new Set(['ACQ.ACCESS_FORBIDDEN']))
  })

  test('the owner who fears for the margin declared it at every till before the first refusal', () => {
    expect(reasons(3)).toEqual(new Set(['POS_CHANNEL_CLOSED']))
    const own = events.filter(({ source }) => source.includes(shops.merchants[3]?.merchantNo ?? '-'))
    for (const its of Map.groupBy(own, ({ source }) => source).values()) {
      expect(its[0]).toMatchObject({ type: 'tillsight.terminal.reported', data: { cause: 'MARGIN_FEE' } })
    }
  })

  test('the wallet that silently charges something else leaves no refusal, and nearly all pay', () => {
    expect(reasons(4)).toEqual(new Set(['SILENT_SUBSTITUTION']))
    expect(share(count(of(4), 'recoveredInWallet'), of(4).length)).toBeGreaterThan(0.9)
  })

  test('the shop that opens on the turning day approves nothing before and most after', () => {
    const [before, after] = [
      of(5).filter(({ day }) => day < '2026-11-08'),
      of(5).filter(({ day }) => day >= '2026-11-08'),
    ]
    expect(before.length).toBeGreaterThan(100)
    expect(count(before, 'approved')).toBe(0)
    expect(share(count(after, 'approved'), after.length)).toBeGreaterThan(0.8)
    expect(count(after, ...OUTCOMES)).toBe(0)
  })

  test('the open shop has ordinary declines and some pending, and no refusal', () => {
    expect(count(of(6), ...OUTCOMES)).toBe(0)
    expect(share(count(of(6), 'approved'), of(6).length)).toBeGreaterThan(0.8)
    expect(share(count(of(6), 'other'), of(6).length)).toBeGreaterThan(0.05)
  })

  test("the tea shop's tills are too old, but for the one brought up to date", () => {
    expect(reasons(7)).toEqual(new Set(['POS_FIRMWARE_TOO_OLD']))
    expect(
      of(7)
        .filter(({ kind }) => kind === 'approved')
        .every(({ day }) => day >= '2026-11-17'),
    ).toBe(true)
    expect(count(of(7), 'approved')).toBeGreaterThan(10)
    expect(events).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ model: 'TX-5', firmware: '3.4.1', cause: null }) }),
    )
  })

  test('where tills send only what failed, nobody knows what became of the refused', () => {
    expect(of(8).length).toBeGreaterThan(300)
    expect(count(of(8), 'unknown')).toBe(of(8).length)
  })

  test('the mixed shops approve at one till and refuse at another', () => {
    for (const shop of [9, 10]) {
      expect(count(of(shop), 'approved')).toBeGreaterThan(50)
      expect(reasons(shop).size).toBeGreaterThan(1)
    }
    expect(reasons(9)).toContain('pcreditpayInstallment')
    expect(
      of(9)
        .filter(({ why }) => why === 'pcreditpayInstallment')
        .every(({ asked }) => asked === 'HUABEI_INSTALMENT'),
    ).toBe(true)
  })

  test('the pharmacy may not, or its cashier will not', () => {
    expect(reasons(11)).toEqual(new Set(['ACQ.RESTRICTED_MERCHANT_INDUSTRY', 'POS_CASHIER_REFUSED']))
  })
})
