// Contract section 6. Every expectation was worked out by hand from its words.

import { describe, expect, test } from 'vitest'
import { c1, declined, judge, minute, reason, reported, succeeded, till2 } from './till.ts'
import type { OwnCode } from './reasons.ts'

const code = (system: string, value: string) => ({ system, value })
const own = (system: string, value: string, mapped: string): { ownCodes: OwnCode[] } => ({
  ownCodes: [{ system, value, reason: mapped }],
})
const substituting = { method: 'ALIPAY', intendedMethod: 'HUABEI' }

describe('the reason read off the event', () => {
  test('is that of the earliest request that is a final decline', () => {
    const events = [
      declined({ at: -1, method: 'CARD', code: code('ISO8583', '51') }),
      declined({ final: false, attempt: 2, code: code('ALIPAY', 'ACQ.SYSTEM_ERROR') }),
      declined({ at: 2, code: code('ISO8583', '05') }),
      declined({ at: 1, code: code('ISO8583', '13') }),
    ]
    expect(reason(events)).toBe('LIMIT')
  })

  test('stands where that attempt succeeded later by another method', () => {
    expect(reason([declined({ code: code('ISO8583', '58') }), succeeded({ attempt: 1, at: 1 })])).toBe(
      'TECH_NO_SUPPORT',
    )
  })

  test('comes before a substitution, even an earlier one', () => {
    expect(reason([succeeded({ at: -1, ...substituting }), declined()])).toBe('TECH_NO_SUPPORT')
  })

  test('looks a value up in its own system, exactly as sent', () => {
    expect(reason([declined({ code: code('ISO8583', '96') })])).toBe('SYSTEM')
    expect(reason([declined({ code: code('ALIPAY', '96') })])).toBe('UNMAPPED')
    expect(reason([declined({ code: code('ISO8583', '3') })])).toBe('UNMAPPED')
    expect(reason([declined({ code: code('LOCAL', 'pos_no_scanner') })])).toBe('UNMAPPED')
  })

  test('disabled channels come before the table and are compared without case', () => {
    const unheard = { code: code('ISO8583', '51') }
    expect(reason([declined({ ...unheard, disabledChannels: ['PCredit'] })])).toBe('CHANNEL_COMPETITION')
    expect(reason([declined({ ...unheard, disabledChannels: ['moneyFund', 'CREDIT_GROUP'] })])).toBe(
      'CHANNEL_COMPETITION',
    )
    expect(reason([declined({ ...unheard, disabledChannels: ['pcreditpay'] })])).toBe('BUYER_CREDIT')
  })

  test('disabled instalments matter only to a request for instalments', () => {
    const off = { code: code('LOCAL', '?'), disabledChannels: ['pcreditpayinstallment'] }
    expect(reason([declined(off)])).toBe('UNMAPPED')
    expect(reason([declined({ ...off, method: 'HUABEI_INSTALMENT' })])).toBe('CHANNEL_COMPETITION')
    expect(reason([declined({ ...off, intendedMethod: 'HUABEI_INSTALMENT' })])).toBe('CHANNEL_COMPETITION')
  })

  test('an own code comes before disabled channels', () => {
    const event = declined({ code: code('LOCAL', 'X9'), disabledChannels: ['pcredit'] })
    expect(reason([event], own('LOCAL', 'X9', 'LIMIT'))).toBe('LIMIT')
    expect(reason([event], own('WECHAT', 'X9', 'LIMIT'))).toBe('CHANNEL_COMPETITION')
  })

  test('an own code may take a reason out of the unsupported group, or into it', () => {
    expect(c1([declined()], own('LOCAL', 'POS_METHOD_NOT_IMPLEMENTED', 'OPERATION'))?.outcome).toBeNull()
    expect(c1([declined({ code: code('LOCAL', 'X') })], own('LOCAL', 'X', 'MARGIN_FEE'))?.outcome?.name).toBe('unknown')
    expect(reason([declined()], own('LOCAL', 'POS_METHOD_NOT_IMPLEMENTED', 'UNMAPPED'))).toBe('UNMAPPED')
  })
})

describe('a declared cause', () => {
  const fee = { cause: 'MARGIN_FEE' }

  test('at the very time of the request replaces its reason, 1 ms later does not', () => {
    expect(reason([declined(), reported({ at: 0, ...fee })])).toBe('MARGIN_FEE')
    expect(reason([declined(), reported({ at: 1, ...fee })])).toBe('TECH_NO_SUPPORT')
  })

  test('is the last by time, then by id, whatever came first', () => {
    const events = [
      reported({ id: 'b', cause: 'COST_BENEFIT' }),
      reported({ id: 'a', ...fee }),
      reported({ at: -1, id: 'z', cause: 'RISK_APPETITE' }),
    ]
    expect(reason([declined(), ...events])).toBe('COST_BENEFIT')
  })

  test('is cleared by null and left alone by a report without one', () => {
    const set = reported({ at: -3, ...fee })
    expect(reason([declined(), set, reported({ at: -2 })])).toBe('MARGIN_FEE')
    expect(reason([declined(), set, reported({ at: -2, cause: null }), reported({ at: -1 })])).toBe('TECH_NO_SUPPORT')
  })

  test('of another terminal does not matter', () => {
    expect(reason([declined(), reported({ source: till2, at: -1, ...fee })])).toBe('TECH_NO_SUPPORT')
  })

  test('is that of the request that gives the reason, not of t₀', () => {
    const events = [declined({ final: false, source: till2 }), declined({ at: 5, attempt: 2 })]
    expect(reason([...events, reported({ at: 5, ...fee })])).toBe('MARGIN_FEE')
    expect(reason([...events, reported({ at: -1, source: till2, ...fee })])).toBe('TECH_NO_SUPPORT')
  })

  test('replaces no reason of another group', () => {
    expect(reason([declined({ code: code('ISO8583', '51') }), reported({ at: -1, ...fee })])).toBe('BUYER_CREDIT')
    expect(reason([declined({ code: code('ISO8583', '?') }), reported({ at: -1, ...fee })])).toBe('UNMAPPED')
  })

  test('replaces an own code of the unsupported group', () => {
    const asked = own('LOCAL', 'POS_METHOD_NOT_IMPLEMENTED', 'NO_AGREEMENT')
    expect(reason([declined(), reported({ at: -1, ...fee })], asked)).toBe('MARGIN_FEE')
  })

  test('replaces a substitution by the terminal and time of the earliest substituting request', () => {
    const events = [
      declined({ final: false, source: till2 }),
      succeeded({ at: minute, ...substituting }),
      succeeded({ at: 2 * minute, attempt: 3, source: till2, ...substituting }),
    ]
    expect(reason([...events, reported({ at: minute, ...fee })])).toBe('MARGIN_FEE')
    expect(reason([...events, reported({ at: minute + 1, ...fee })])).toBe('SILENT_SUBSTITUTION')
    expect(reason([...events, reported({ at: -1, source: till2, ...fee })])).toBe('SILENT_SUBSTITUTION')
  })

  test('replaces a substitution without a substituting request by the terminal of t₀', () => {
    const events = [declined({ final: false, source: till2 }), succeeded({ attempt: 1, at: minute })]
    expect(reason([...events, reported({ source: till2, ...fee })])).toBe('MARGIN_FEE')
    expect(reason([...events, reported({ source: till2, at: 1, ...fee })])).toBe('SILENT_SUBSTITUTION')
  })
})

describe('the list of reasons', () => {
  test('holds every declined checkout under one reason, with no net loss outside the unsupported group', () => {
    const events = [
      declined({ checkoutId: 'c1', amount: 300 }),
      succeeded({ checkoutId: 'c1', amount: 100 }),
      declined({ checkoutId: 'c2', amount: 40 }),
      declined({ checkoutId: 'c3', amount: 7, code: code('ISO8583', '51') }),
      declined({ checkoutId: 'c4', amount: 9, final: false }),
    ]
    expect(judge(events).reasons).toEqual([
      { reason: 'BUYER_CREDIT', group: 'buyer', checkouts: 1, amount: 7, netLost: null },
      {
        reason: 'TECH_NO_SUPPORT',
        group: 'unsupported',
        checkouts: 2,
        amount: 340,
        netLost: { amount: 200 },
      },
    ])
  })
})
