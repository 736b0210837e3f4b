import { expect, test } from 'vitest'
import type { TerminalUse } from './compatibility.ts'
import { compareVersions, firmwareUpgrades } from './firmware-upgrades.ts'
import { newcombe } from './wilson.ts'

/** Ten shops, each with `checkouts` ÷ 10 checkouts of which `technical` ÷ 10 were refused for a technical reason. */
const shops = (model: string, firmware: string, checkouts: number, technical: number, from = 0): TerminalUse[] =>
  Array.from({ length: 10 }, (_, i) => ({
    merchantNo: `shop ${from + i}`,
    terminalNo: '00000001',
    ...{ model, firmware, days: [], checkouts: checkouts / 10, approved: 0, failed: 0 },
    ...{ unsupported: { checkouts: 0, amount: 0 }, technical: { checkouts: technical / 10, amount: 0 } },
    ...{ netLost: 0, technicalLost: technical * 10 },
  }))

test('the upgrade that would spare the largest loss is named, with what it rests on', () => {
  const [upgrade, ...others] = firmwareUpgrades([
    ...shops('A', '1.9', 400, 200),
    ...shops('A', '1.10', 300, 0, 10),
    ...shops('B', '1', 400, 200, 20),
  ])
  expect(others).toEqual([])
  expect(upgrade).toMatchObject({
    model: 'A',
    from: { firmware: '1.9', terminals: 10, merchants: 10, checkouts: 400, technical: 200 },
    to: { firmware: '1.10', checkouts: 300, technical: 0 },
    difference: newcombe({ hits: 200, n: 400 }, { hits: 0, n: 300 }),
  })
  expect(upgrade?.checkouts.value).toBeCloseTo(200)
  expect(upgrade?.netLost.value).toBeCloseTo(10 * 200 * 10)
  expect(upgrade?.netLost.high).toBeLessThanOrEqual(10 * 200 * 10)
})

test('no older firmware is ever recommended, nor that of another model, nor one that refuses as often', () => {
  expect(firmwareUpgrades([...shops('A', '2.0', 400, 200), ...shops('A', '1.0', 400, 0, 10)])).toEqual([])
  expect(firmwareUpgrades([...shops('A', '1.0', 400, 200), ...shops('B', '2.0', 400, 0, 10)])).toEqual([])
  expect(firmwareUpgrades([...shops('A', '1.0', 400, 40), ...shops('A', '2.0', 400, 40, 10)])).toEqual([])
})

test('too few checkouts, or too few shops, prove nothing', () => {
  expect(firmwareUpgrades([...shops('A', '1.0', 40, 40), ...shops('A', '2.0', 400, 0, 10)])).toEqual([])
  expect(firmwareUpgrades([...shops('A', '1.0', 400, 200), ...shops('A', '2.0', 4000, 0, 10).slice(0, 4)])).toEqual([])
})

test('versions are ordered as their vendors count', () => {
  const sorted = ['1.10.0', '1.9', '2.0-rc1', '1.9.0', '10', '2.0', 'v3'].sort(compareVersions)
  expect(sorted).toEqual(['1.9', '1.9.0', '1.10.0', '2.0', '2.0-rc1', '10', 'v3'])
})
