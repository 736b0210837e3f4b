import { expect, test } from 'vitest'
import { daysFrom } from './calendar.ts'
import { checkoutsOf } from './day.ts'
import { sourceOf } from './events.ts'
import { lapOf, market, registryLines } from './market.ts'
import type { Market, Terminal } from './market.ts'
import { marketEvents } from './stream.ts'
import { BAD_FIRMWARE } from './tills.ts'

const RANGE = { from: '2026-11-06', to: '2026-11-09' }
const shops = market({ seed: 7 })

test('the same seed gives the same market and the same events', () => {
  const again = market({ seed: 7 })
  expect(again).toEqual(shops)
  expect([...marketEvents(again, RANGE)]).toEqual([...marketEvents(shops, RANGE)])
})

test('another seed gives other events', () => {
  const [one] = marketEvents(shops, RANGE)
  const [other] = marketEvents(market({ seed: 8 }), RANGE)
  expect(other).not.toEqual(one)
})

test('a day is the same in whatever order days and shops are asked', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-08']
  const asked = shops.merchants.flatMap((shop) => days.map((day) => [shop, day] as const))
  const events = ([shop, day]: (typeof asked)[number]) =>
    checkoutsOf(shops, shop, day).map((checkout) => checkout.events)
  expect(asked.toReversed().map(events).toReversed()).toEqual(asked.map(events))
})

test('a shop is the same however many others the market has', () => {
  const large = market({ seed: 7, merchants: 36 })
  expect(large.merchants.slice(0, 12)).toEqual(shops.merchants)
})

test('a market has as many tills as it is asked for', () => {
  for (const terminals of [1, 2, 3, 36, 37, 500]) {
    const tills = market({ seed: 7, terminals, providers: 4 }).merchants.map((merchant) => merchant.terminals.length)
    expect(tills.reduce((sum, own) => sum + own, 0)).toBe(terminals)
    expect(Math.min(...tills)).toBeGreaterThan(0)
  }
})

test('another lap is the same shops with other trade, and so is another seed', () => {
  const laps = [lapOf(shops, 1), lapOf(shops, 2), lapOf(market({ seed: 8 }), 1)]
  const ids = laps.map((lap) => {
    const events = [...marketEvents(lap, RANGE)]
    return new Set(events.flatMap(({ id, data }) => ('checkoutId' in data ? [id, data.checkoutId] : [id])))
  })
  expect(laps[1]?.merchants).toEqual(shops.merchants)
  for (const [i, own] of ids.entries())
    for (const other of ids.slice(i + 1)) expect(own.isDisjointFrom(other)).toBe(true)
})

test('a MID is acquirer, area, MCC and serial in 15 characters, a TID has 8 and is unique within its shop', () => {
  const { merchants } = market({ seed: 7, merchants: 300, providers: 4 })
  for (const { merchantNo, record, terminals } of merchants) {
    expect(merchantNo).toMatch(/^99[1-4]\d{12}$/)
    expect(merchantNo.slice(7, 11)).toBe(record.mcc)
    expect(record.region).toMatch(/^\d{6}$/)
    expect(new Set(terminals.map(({ terminalNo }) => terminalNo)).size).toBe(terminals.length)
    for (const { terminalNo } of terminals) expect(terminalNo).toMatch(/^\d{8}$/)
  }
  expect(new Set(merchants.map(({ merchantNo }) => merchantNo)).size).toBe(300)
  expect(new Set(merchants.map(({ record }) => record.name)).size).toBe(300)
  expect(new Set(merchants.map(({ record }) => record.providerId)).size).toBe(4)
})

test("seven restaurants of one city are each other's peers, and each has the five a comparison needs", () => {
  const restaurants = shops.merchants.filter(({ record }) => record.mcc === '5812')
  expect(restaurants).toHaveLength(7)
  expect(new Set(restaurants.map(({ record }) => record.region.slice(0, 4))).size).toBe(1)
})

test('the registry lists every shop before its tills', () => {
  const lines = [...registryLines(shops)]
  expect(lines.filter(({ kind }) => kind === 'merchant')).toHaveLength(12)
  expect(lines.filter(({ kind }) => kind === 'terminal')).toHaveLength(
    shops.merchants.flatMap(({ terminals }) => terminals).length,
  )
  expect(lines.findLastIndex(({ kind }) => kind === 'merchant')).toBeLessThan(
    lines.findIndex(({ kind }) => kind === 'terminal'),
  )
})

test('no real company is named', () => {
  const real = new RegExp(
    '支付宝|微信|银联|网联|瑞银信|拉卡拉|通联|汇付|易宝|随行付|乐刷|盛付通|嘉联|美团|收钱吧|富友|快钱|新大陆|联迪|百富|惠尔丰|升腾|商米|' +
      '海底捞|西贝|肯德基|麦当劳|星巴克|瑞幸|喜茶|奈雪|蜜雪|茶百道|古茗|霸王茶姬|沃尔玛|永辉|盒马|大润发|华润|苏宁|国美|京东|华为|小米|苹果|优衣库|海澜|' +
      '大参林|老百姓大药房|益丰|一心堂|Alipay|Ant\\b|Tencent|UnionPay|Verifone|Ingenico|Newland|Sunmi|PAX|A9[0-9]0',
    'i',
  )
  const large = market({ seed: 7, merchants: 600, providers: 4 })
  for (const { record } of large.providers) expect(record.name).not.toMatch(real)
  for (const { record, terminals } of large.merchants) {
    expect(record.name).not.toMatch(real)
    for (const till of terminals)
      expect(`${till.record.vendor} ${till.record.model} ${till.record.serialNo}`).not.toMatch(real)
  }
})

test('tills that got bad firmware report it and refuse some requests, and the others do as before', () => {
  const bad = market({ seed: 7, badFirmwareFrom: '2026-11-06' })
  const isHit = ({ story, record }: Terminal) => story === 'open' && record.model === BAD_FIRMWARE.model
  const hit = bad.merchants.flatMap(({ merchantNo, terminals }) =>
    terminals.filter(isHit).map(({ terminalNo }) => sourceOf(merchantNo, terminalNo)),
  )
  const reports = [...marketEvents(bad, RANGE)].filter(
    ({ type, data }) => type === 'tillsight.terminal.reported' && data.firmware === BAD_FIRMWARE.firmware,
  )
  expect(new Set(reports.map(({ source }) => source))).toEqual(new Set(hit))

  const played = (of: Market) =>
    of.merchants.flatMap((shop) => [...daysFrom(RANGE.from, RANGE.to)].flatMap((day) => checkoutsOf(of, shop, day)))
  const refusedBy = (of: Market) => played(of).filter(({ visit, refused }) => refused && isHit(visit.till)).length
  expect([refusedBy(shops), refusedBy(bad) > 0]).toEqual([0, true])
  // Without those who come over from next door, where they may have been refused by it.
  const others = (of: Market) =>
    played(of).filter(({ visit, checkoutId }) => !isHit(visit.till) && !checkoutId.endsWith('-N'))
  expect(others(bad).map(({ events }) => events)).toEqual(others(shops).map(({ events }) => events))
})
