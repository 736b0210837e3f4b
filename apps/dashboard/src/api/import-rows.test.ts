import { InvalidRecord } from '@tillsight/shared/registry/records.ts'
import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { csvTable, jsonRows, UnreadableTable } from './import-rows.ts'

/** How often others are answered meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let goesOn = true
  const others = (async () => {
    for (; goesOn; turns += 1) await setImmediate()
  })()
  await work()
  goesOn = false
  await others
  return turns
}

const numbers = Array.from({ length: 50_000 }, (_, i) => `terminal,898584058120001,${10_000_000 + i}`)

test('others are answered while a long file is read', async () => {
  const csv = ['kind,merchantNo,terminalNo', ...numbers].join('\n')
  expect(await turnsDuring(() => csvTable(csv))).toBeGreaterThan(10)
  const json = numbers.map((terminalNo) => JSON.stringify({ kind: 'terminal', terminalNo })).join('\n')
  expect(await turnsDuring(() => jsonRows(json))).toBeGreaterThan(10)
})

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.trim()),
  fc.constantFrom('晚稻田', '"', 'a,b', 'line\nbreak', '\u{1f35c}', '=1+1'),
)

test('a cell is read as it was written, wherever the file is taken apart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 30 }), fc.nat(70_000), async (cells, before) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      // Something long before them, so that what follows lies at any place of the pieces.
      const text = ['name', quoted('茶'.repeat(before)), ...cells.map((one) => quoted(`.${one}.`))].join('\n')
      const { rows } = await csvTable(text)
      expect(rows.slice(before === 0 ? 0 : 1).map(({ cells: { name } }) => name)).toEqual(
        cells.map((one) => `.${one}.`),
      )
    }),
    { numRuns: 60 },
  )
})

test('a quote that stands wrong is told with its row, far down too', async () => {
  const csv = ['kind,merchantNo,terminalNo', ...numbers, 'terminal,8985"84058120001,1'].join('\n')
  const problem = await csvTable(csv).catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(UnreadableTable)
  expect((problem as UnreadableTable).row).toBe(numbers.length + 2)
})

test('a row with more cells than columns is none, and the others are read', async () => {
  const { columns, rows } = await csvTable('kind,merchantNo\n\nmerchant,1,too many\nmerchant,2,,\n')
  expect(columns).toEqual(['kind', 'merchantNo'])
  expect(rows.map(({ row, record }) => [row, record instanceof InvalidRecord ? record.problem : record])).toEqual([
    [3, 'cells'],
    [4, { kind: 'merchant', merchantNo: '2' }],
  ])
})
