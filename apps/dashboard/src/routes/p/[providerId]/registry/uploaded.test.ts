import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { expect, test } from 'vitest'
import { tableOf } from './refused-rows.ts'
import { uploadedIn } from './uploaded.ts'

const provider = { providerId: 'p1' } as ProviderScope
const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer
const encoded = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer

async function rowsIn(file: ArrayBuffer) {
  const uploaded = await uploadedIn(file, provider)
  if ('problem' in uploaded) throw new Error(uploaded.problem)
  return uploaded.rows
}
const recordsIn = async (file: ArrayBuffer) => (await rowsIn(file)).map(({ record }) => record)

test('a file from a Chinese spreadsheet is read as well as one in UTF-8', async () => {
  // 茶馆
  const gbk = bytes(...new TextEncoder().encode('kind,name\nmerchant,'), 0xb2, 0xe8, 0xb9, 0xdd)
  const expected = [{ kind: 'merchant', name: '茶馆', providerId: 'p1' }]
  expect(await recordsIn(gbk)).toEqual(expected)
  expect(await recordsIn(encoded('\uFEFFkind,name\r\nmerchant,茶馆\r\n'))).toEqual(expected)
})

test('a file that names another provider keeps it, so that the row is refused', async () => {
  expect(await recordsIn(encoded('kind,providerId\nmerchant,p2\nterminal,'))).toEqual([
    { kind: 'merchant', providerId: 'p2' },
    { kind: 'terminal' },
  ])
})

test('what is no table, and what has no rows, is told apart', async () => {
  expect(await uploadedIn(bytes(0xff, 0xff, 0xff), provider)).toEqual({ problem: 'unreadable' })
  expect(await uploadedIn(encoded('kind,"name'), provider)).toEqual({ problem: 'unreadable' })
  expect(await uploadedIn(encoded(''), provider)).toEqual({ problem: 'empty' })
  expect(await uploadedIn(encoded('\uFEFF\r\n \r\n'), provider)).toEqual({ problem: 'empty' })
  expect(await uploadedIn(encoded('kind,name\n'), provider)).toEqual({ problem: 'noRows' })
  expect(await uploadedIn(encoded('kind,name\n,\n,\n'), provider)).toEqual({ problem: 'noRows' })
})

test('a file with no column that is known is told so as a whole, in whatever way it is none', async () => {
  const other = [
    'kind;name\nmerchant;茶馆',
    'kind\tname\nmerchant\t茶馆',
    '类型,名称\nmerchant,茶馆',
    'Kind,Name\nmerchant,茶馆',
  ]
  for (const text of other) expect(await uploadedIn(encoded(text), provider)).toEqual({ problem: 'noKind' })
})

test('a quote that stands wrong is told by its row', async () => {
  const before = 'kind,name\r\nmerchant,"two\r\nlines"\r\n\r\n'
  for (const name of ['新"茶"馆', '"新"茶馆', '"新茶馆']) {
    expect(await uploadedIn(encoded(`${before}merchant,${name}\r\nmerchant,x`), provider)).toEqual({
      problem: 'quotes',
      row: 4,
    })
  }
})

test('a day is read as a Chinese spreadsheet writes it', async () => {
  const days = ['2026/11/1', '2026/1/31', '2026-11-01', '2026/13/1', '1/11/2026']
  expect(await recordsIn(encoded(`kind,retiredOn\n${days.map((day) => `terminal,${day}`).join('\n')}`))).toEqual(
    ['2026-11-01', '2026-01-31', '2026-11-01', '2026-13-01', '1/11/2026'].map((retiredOn) => ({
      kind: 'terminal',
      retiredOn,
    })),
  )
})

test('a file of too many rows, or of very many columns, takes no memory and no time', async () => {
  const begunAt = performance.now()
  expect(await uploadedIn(encoded(`kind\n${'a\n'.repeat(3_000_000)}`), provider)).toEqual({ problem: 'tooLarge' })
  expect((await rowsIn(encoded(`kind${',x'.repeat(100_000)}\n${'merchant\n'.repeat(20_000)}`))).length).toBe(20_000)
  expect(performance.now() - begunAt).toBeLessThan(5_000)
})

test('rows have the numbers that a spreadsheet gives them', async () => {
  const text = 'kind,name\r\nmerchant,"two\r\nlines"\r\n\r\n,\r\nterminal,\r\nmerchant,x,y\r\n'
  expect((await rowsIn(encoded(text))).map(({ row, cells }) => [row, cells['kind']])).toEqual([
    [2, 'merchant'],
    [5, 'terminal'],
    [6, 'merchant'],
  ])
  expect((await rowsIn(encoded('\nkind,name\nterminal,'))).map(({ row }) => row)).toEqual([3])
})

test('a text that our files keep from being a formula comes back as it was', async () => {
  expect(await recordsIn(encoded(`kind,serialNo,vendor\nterminal,'-1,'quoted'`))).toEqual([
    { kind: 'terminal', serialNo: '-1', vendor: "'quoted'" },
  ])
})

test('a column that two have is told, and so is one that says nothing', async () => {
  expect(await uploadedIn(encoded('kind,name,name\nmerchant,Tea,\n'), provider)).toEqual({
    problem: 'doubled',
    column: 'name',
  })
  expect(await uploadedIn(encoded('kind,Firmware,备注,\nmerchant,1.2,new,\n'), provider)).toMatchObject({
    unused: ['Firmware', '备注'],
  })
  const refused = { row: 2, cells: {}, pointer: '/mcc', problem: 'form', otherRow: null } as const
  const names = tableOf([refused]).columns.map(({ name }) => name)
  expect(await uploadedIn(encoded(`${names.join()}\n1,,,,terminal`), provider)).toMatchObject({ unused: [] })
})
