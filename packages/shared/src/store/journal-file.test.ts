import fc from 'fast-check'
import fs from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { JournalFile } from './journal-file.ts'

/** How the disk takes what is written to it: as it is asked, a few bytes at a time, or not at all. */
let disk: 'well' | 'in pieces' | 'full'
const { writeSync } = fs
/** Test files share a process, in which the file may have been imported before: so not by `vi.mock`. */
function replaceWrites(write: unknown): void {
  Object.assign(fs, { writeSync: write })
  syncBuiltinESMExports()
}

let dir: string
let path: string
let file: JournalFile
beforeEach(async () => {
  disk = 'well'
  dir = await mkdtemp(join(tmpdir(), 'tillsight-journal-file-'))
  path = join(dir, 'a')
  file = await JournalFile.open(path)
  replaceWrites((to: number, bytes: Buffer, from: number, length: number, at: number) => {
    if (disk === 'full') {
      // As much as there was room for.
      writeSync(to, bytes, from, Math.floor(length / 2), at)
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    }
    return writeSync(to, bytes, from, disk === 'well' ? length : Math.min(length, 7), at)
  })
})
afterEach(async () => {
  replaceWrites(writeSync)
  await file.close()
  await rm(dir, { recursive: true, force: true })
})

const block = (text: string) => ({ table: 'checkout_events' as const, rows: 1, bytes: Buffer.from(text) })

const textsOf = ({ blocks }: JournalFile) => blocks.map(({ bytes }) => bytes.toString())

/** What another process finds in a file. */
async function found(name = path): Promise<string[]> {
  const other = await JournalFile.open(name)
  await other.close()
  return textsOf(other)
}

async function syncs() {
  await using handle = await open(join(dir, 'any'), 'w')
  return vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync')
}

test('a disk that takes a few bytes at a time takes all in the end', async () => {
  disk = 'in pieces'
  await file.append(block('a'.repeat(100)))
  expect(await found()).toEqual(['a'.repeat(100)])
})

test('what the disk does not take is not there and does not come back; what was before it and comes after it is', async () => {
  await file.append(block('a'))
  disk = 'full'
  await expect(file.append(block('b'))).rejects.toThrow('no space')
  expect(file.isSure).toBe(false)
  disk = 'well'
  expect(await found()).toEqual(['a'])
  await file.append(block('c'))
  expect(await found()).toEqual(['a', 'c'])
  expect(textsOf(file)).toEqual(['a', 'c'])
})

test('what is not known to have reached the disk does not come back', async () => {
  await file.append(block('a'))
  const spy = await syncs()
  spy.mockRejectedValueOnce(new Error('the disk fails'))
  await expect(file.append(block('b'))).rejects.toThrow('fails')
  expect(file.isSure, 'its end is synced').toBe(true)
  spy.mockRestore()
  expect(await found()).toEqual(['a'])
})

test('however much of the last write reached the disk, what was before it is found, and nothing that never was', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 20, maxLength: 300 })
  const texts = fc.array(text, { maxLength: 5 })
  const hundredth = fc.nat({ max: 100 })
  await fc.assert(
    fc.asyncProperty(texts, texts, text, fc.tuple(hundredth, hundredth), async (earlier, now, last, reached) => {
      for (const text of earlier) await file.append(block(text))
      file.clear()
      for (const text of now) await file.append(block(text))
      const before = await readFile(path)
      await file.append(block(last))
      const after = await readFile(path)
      file.clear()
      await writeFile(join(dir, 'cut'), cut(before, after, reached))
      // What was in the file before it was cleared may come again: it changes nothing.
      const texts = await found(join(dir, 'cut'))
      expect(texts.slice(0, now.length)).toEqual(now)
      const known = new Set([...earlier, ...now, last])
      expect(texts.filter((text) => !known.has(text))).toEqual([])
    }),
    { numRuns: 200 },
  )
})

/** Some of what changed, between two hundredths of it; around it what was there before. */
function cut(before: Buffer, after: Buffer, reached: readonly [number, number]): Buffer {
  const old = Buffer.alloc(after.length)
  before.copy(old)
  const changed = after.findIndex((byte, i) => byte !== old[i])
  if (changed === -1) return after
  const [from, to] = reached
    .map((hundredths) => changed + Math.round(((after.length - changed) * hundredths) / 100))
    .toSorted((one, other) => one - other)
  return Buffer.concat([old.subarray(0, from), after.subarray(from, to), old.subarray(to)])
}
