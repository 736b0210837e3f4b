/** What a preview says of a row is what taking the row then does. */

import { connectEmbeddedRegistry, type Registry } from '@tillsight/shared/registry/connect.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { getMerchant, putMerchant } from '@tillsight/shared/registry/merchants.ts'
import { putProvider } from '@tillsight/shared/registry/providers.ts'
import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import { merchantScope } from '@tillsight/shared/registry/scope.ts'
import { getTerminal, listTerminals } from '@tillsight/shared/registry/terminals.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verdictsOn } from './import-preview.ts'
import { idIn, takeNext, type ReadRow, type Row } from './import-rows.ts'

const operator: Principal = { keyId: 'k', role: 'operator' }
const provider: Principal = { keyId: 'k', role: 'provider', providerId: 'p1' }
const [own, others, active] = ['898584058120001', '898584058120002', '898584058120003'] as const

let dir: string
let registry: Registry
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tillsight-preview-'))
  registry = await connectEmbeddedRegistry(join(dir, 'postgres'))
  for (const providerId of ['p1', 'p2']) await putProvider(registry, providerId, { name: providerId })
  const record = { name: 'Shop', mcc: '5812', region: '440106' }
  await putMerchant(registry, operator, own, { ...record, providerId: 'p1' })
  await putMerchant(registry, operator, others, { ...record, providerId: 'p2' })
  await putMerchant(registry, operator, active, { ...record, providerId: 'p1' })
  await registry.updateTable('merchants').set({ hasEvents: true }).where('merchantNo', '=', active).execute()
})
afterAll(async () => {
  await registry.destroy()
  await rm(dir, { recursive: true, force: true })
})

/** As the registry has it now; undefined where it has none. */
async function stored(row: ReadRow): Promise<unknown> {
  if (row instanceof InvalidRecord) return undefined
  const merchantNo = idIn(row, 'merchantNo')
  if (row['kind'] === 'merchant') return getMerchant(registry, merchantNo)
  const scope = await merchantScope(registry, operator, merchantNo, 'read')
  return scope === undefined ? undefined : getTerminal(registry, scope, idIn(row, 'terminalNo'))
}

/** What taking the row does, seen from outside. */
async function taken(row: ReadRow) {
  const before = await stored(row)
  const [kind] = await takeNext(registry, provider, [row], 0)
  if (kind instanceof InvalidRecord) return { problem: kind.problem, pointer: kind.pointer }
  const after = await stored(row)
  const isSame = JSON.stringify(before) === JSON.stringify(after)
  return { kind, effect: before === undefined ? 'new' : isSame ? 'same' : 'changed' }
}

const merchant = (merchantNo: string, change: Row = {}): Row => ({
  kind: 'merchant',
  merchantNo,
  name: 'Shop',
  providerId: 'p1',
  mcc: '5812',
  region: '440106',
  ...change,
})
const terminal = (merchantNo: string, terminalNo: string, change: Row = {}): Row => ({
  kind: 'terminal',
  merchantNo,
  terminalNo,
  ...change,
})
const fresh = '898584058120009'

const cases: ReadRow[] = [
  merchant(own),
  merchant(own, { name: 'Tea' }),
  merchant(own, { name: 'Tea', timeZone: 'asia/shanghai' }),
  merchant(own, { providerId: 'p2' }),
  merchant(own, { mcc: '58' }),
  merchant(others),
  merchant(active, { timeZone: 'Asia/Tokyo' }),
  merchant(active, { name: 'Older' }),
  terminal(fresh, '10000001'),
  merchant(fresh),
  terminal(fresh, '10000001', { serialNo: 'S1' }),
  terminal(fresh, '10000001', { serialNo: 'S1', vendor: null }),
  terminal(fresh, '10000001', { serialNo: 'S2' }),
  terminal(fresh, '1'),
  terminal(own, '10000002', { retiredOn: '2026-02-30' }),
  terminal(others, '10000001'),
  { kind: 'provider', providerId: 'p1', name: 'Mine' },
  { kind: 'shop' },
  {},
  terminal('89858405812\x00001', '10000001'),
  new InvalidRecord('', 'the row has more cells than there are columns', 'cells'),
]

test('every row meets the verdict that the preview gave, in whatever order they come', async () => {
  for (const rows of [cases, [...cases].reverse(), cases]) {
    const verdicts = await verdictsOn(registry, provider, rows)
    for (const [i, row] of rows.entries()) {
      const verdict = verdicts[i]
      const said = verdict instanceof InvalidRecord ? { problem: verdict.problem, pointer: verdict.pointer } : verdict
      expect([i, said]).toEqual([i, await taken(row)])
    }
  }
})

test('a preview writes nothing', async () => {
  const unseen = '898584058120077'
  await verdictsOn(registry, provider, [merchant(unseen), terminal(unseen, '10000001')])
  expect(await getMerchant(registry, unseen)).toBeUndefined()
})

test('many terminals at once are written as each by itself, and only those of the provider', async () => {
  const merchantNo = '898584058120088'
  const record = { serialNo: 'S', model: 'A920', retiredOn: '2026-11-01' }
  const rows = [
    merchant(merchantNo),
    terminal(merchantNo, '10000002', { firmware: '1' }),
    terminal(others, '10000003', record),
    terminal(merchantNo, '1', record),
    terminal(merchantNo, '10000003', record),
    // From here on not together with those above: the last one counts.
    terminal(merchantNo, '10000002', record),
  ]
  const steps: unknown[][] = []
  for (let from = 0; from < rows.length; from += steps.at(-1)?.length ?? 1) {
    const taken = await takeNext(registry, provider, rows, from)
    steps.push(taken.map((one) => (one instanceof InvalidRecord ? [one.problem, one.pointer] : one)))
  }
  const refused = [
    ['outOfScope', '/merchantNo'],
    ['form', '/terminalNo'],
  ]
  expect(steps).toEqual([['merchant'], ['terminal', ...refused, 'terminal'], ['terminal']])
  const scope = await merchantScope(registry, provider, merchantNo, 'read')
  if (scope === undefined) throw new Error('no scope')
  const [one, ...rest] = (await listTerminals(registry, scope)).map(({ terminalNo: _, ...fields }) => fields)
  expect(one).toMatchObject(record)
  expect(rest).toEqual([one])
})
