import type { NativeRows } from '@tillsight/shared/store/native.ts'
import { encoded } from '@tillsight/shared/store/tables.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Inserter } from './insert.ts'

interface Row {
  id: number
}

class EngineError extends Error {
  readonly code: string

  constructor(code: string) {
    super('the engine says no')
    this.code = code
  }
}

/** A part for each row, or all rows in one, so that both are taken apart. */
const partsOf = (rows: readonly Row[], isOne: boolean): NativeRows[] =>
  (isOne ? [rows] : rows.map((row) => [row])).map((some) =>
    encoded(
      'readiness',
      some.map(({ id }) => ({ probe: 1, checkedAt: id })),
    ),
  )

const rowsIn = (parts: readonly NativeRows[]): Row[] =>
  parts.flatMap(({ bytes, count }) =>
    // The numbers of the second column, behind a byte of the first for each.
    Array.from({ length: count }, (_, i) => ({ id: Number(bytes.readBigInt64LE(count + i * 8)) })),
  )

/** A store that may refuse an insert, and remembers the rows of the others. */
function storeThat(refuses: (rows: readonly Row[], attempt: number) => string | undefined) {
  const stored = new Set<number>()
  let attempts = 0
  const store = {
    insertParts(_table: string, parts: readonly NativeRows[]) {
      const rows = rowsIn(parts)
      const code = refuses(rows, ++attempts)
      if (code !== undefined) return Promise.reject(new EngineError(code))
      for (const { id } of rows) stored.add(id)
      return Promise.resolve()
    },
  }
  const insert = async (inserter: Inserter, rows: readonly Row[], isOne = true) => {
    const refused = await inserter.insert('readiness', partsOf(rows, isOne))
    return refused.map(({ part, row }) => rowsIn([part])[row])
  }
  return { store, stored, insert, attempts: () => attempts }
}

const tooManyParts = '252'
const incorrectData = '117'
const noSpace = '243'

test('an insert that fails twice and then succeeds is a commit', async () => {
  const { store, stored, insert, attempts } = storeThat((_rows, attempt) => (attempt <= 2 ? tooManyParts : undefined))
  expect(await insert(new Inserter(store), [{ id: 1 }])).toEqual([])
  expect(attempts()).toBe(3)
  expect([...stored]).toEqual([1])
})

test('a store that stays away is not tried for ever', async () => {
  const { store, insert, attempts } = storeThat(() => tooManyParts)
  await expect(insert(new Inserter(store), [{ id: 1 }])).rejects.toThrow('the engine says no')
  expect(attempts()).toBe(3)
})

test('what only the operator can mend is not tried again', async () => {
  const { store, insert, attempts } = storeThat(() => noSpace)
  await expect(insert(new Inserter(store), [{ id: 1 }, { id: 2 }])).rejects.toThrow('the engine says no')
  expect(attempts()).toBe(1)
})

test('poisonous rows are given back, whichever they are, and all others are stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(60)),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      async (poisonous, count, isOne) => {
        const isPoison = ({ id }: Row) => poisonous.includes(id)
        const { store, stored, insert } = storeThat((rows) => (rows.some(isPoison) ? incorrectData : undefined))
        const inserter = new Inserter(store)
        await insert(inserter, [{ id: -1 }])
        const rows = Array.from({ length: count }, (_, id) => ({ id }))
        expect(await insert(inserter, rows, isOne)).toEqual(rows.filter(isPoison))
        expect([...stored].sort((a, b) => a - b)).toEqual([
          -1,
          ...rows.filter((row) => !isPoison(row)).map(({ id }) => id),
        ])
      },
    ),
  )
})

test('a row that poisons the very first insert is given back like any other', async () => {
  const { store, stored, insert } = storeThat((rows) => (rows.some(({ id }) => id === 1) ? incorrectData : undefined))
  expect(await insert(new Inserter(store), [{ id: 1 }, { id: 2 }])).toEqual([{ id: 1 }])
  expect([...stored]).toEqual([2])
})

test('where the store never took a row, no row is blamed', async () => {
  const { store, insert } = storeThat(() => incorrectData)
  await expect(insert(new Inserter(store), [{ id: 1 }])).rejects.toThrow('the engine says no')
})
