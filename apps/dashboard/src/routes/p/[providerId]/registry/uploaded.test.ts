import type { ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { expect, test } from 'vitest'
import { rowsOf } from './uploaded.ts'

const provider = { providerId: 'p1' } as ProviderScope
const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer
const encoded = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer

test('a file from a Chinese spreadsheet is read as well as one in UTF-8', () => {
  // 茶馆
  const gbk = bytes(...new TextEncoder().encode('kind,name\nmerchant,'), 0xb2, 0xe8, 0xb9, 0xdd)
  const expected = [{ kind: 'merchant', name: '茶馆', providerId: 'p1' }]
  expect(rowsOf(gbk, provider)).toEqual(expected)
  expect(rowsOf(encoded('\uFEFFkind,name\r\nmerchant,茶馆\r\n'), provider)).toEqual(expected)
})

test('a file that names another provider keeps it, so that the row is refused', () => {
  expect(rowsOf(encoded('kind,providerId\nmerchant,p2\nterminal,'), provider)).toEqual([
    { kind: 'merchant', providerId: 'p2' },
    { kind: 'terminal' },
  ])
})

test('what is no table, or has no rows, is nothing', () => {
  expect(rowsOf(bytes(0xff, 0xff, 0xff), provider)).toBeNull()
  expect(rowsOf(encoded('kind,"name'), provider)).toBeNull()
  expect(rowsOf(encoded('kind,name\n'), provider)).toBeNull()
})
