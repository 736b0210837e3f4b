import fc from 'fast-check'
import fs, { cpSync } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { remedyFor } from './insert-error.ts'
import { Journal } from './journal.ts'

let room: number
const { statfsSync } = fs
/** Test files share a process, in which the journal may have been imported before: so not by `vi.mock`. */
function replaceCalls(calls: object): void {
  Object.assign(fs, calls)
  syncBuiltinESMExports()
}

let dir: string
beforeEach(async () => {
  room = Infinity
  dir = await mkdtemp(join(tmpdir(), 'tillsight-journal-'))
  replaceCalls({ statfsSync: () => ({ bavail: room, bsize: 1 }) })
})
afterEach(async () => {
  replaceCalls({ statfsSync })
  await rm(dir, { recursive: true, force: true })
})

/** An engine that takes all, or waits, or refuses. Its blocks are lines. */
function anEngine() {
  const lines: string[] = []
  const engine = {
    lines,
    inserts: 0,
    error: undefined as Error | undefined,
    held: undefined as Promise<undefined> | undefined,
    insert: async (table: string, blocks: readonly Buffer[]) => {
      engine.inserts += 1
      await engine.held
      if (engine.error !== undefined) throw engine.error
      for (const line of blocks.join('').split('\n').filter(Boolean)) lines.push(`${table} ${line}`)
    },
  }
  return engine
}

const block = (line: string, rows = 1, table: 'checkout_events' | 'quarantine' = 'checkout_events') => ({
  table,
  rows,
  bytes: Buffer.from(`${line}\n`),
})

/** What another process finds that starts after this one was killed. */
async function foundBy(directory: string): Promise<string[]> {
  const engine = anEngine()
  await (await Journal.open(directory, engine.insert)).close()
  return engine.lines
}

/** A copy of the files as they are now. */
function asItIs(name: string): string {
  cpSync(join(dir, 'journal'), join(dir, name), { recursive: true })
  return join(dir, name)
}

test('what was committed is found by the next process, though nothing was inserted and nothing closed', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  await journal.commit(block('b', 1, 'quarantine'))
  expect(engine.lines).toEqual([])
  expect(await foundBy(asItIs('killed'))).toEqual(['checkout_events a', 'quarantine b'])
  await journal.close()
})

test('what was inserted is not found again, and what came after it is', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  for (const line of ['a', 'b', 'c']) await journal.commit(block(line))
  await journal.settle()
  expect(engine.lines).toEqual(['checkout_events a', 'checkout_events b', 'checkout_events c'])
  await journal.commit(block('d'))
  expect(await foundBy(asItIs('killed'))).toEqual(['checkout_events d'])
  await journal.settle()
  // It takes the place of a, before b and c.
  await journal.commit(block('e'))
  expect(await foundBy(asItIs('killed later'))).toEqual(['checkout_events e'])
  await journal.close()
})

test('few rows wait; many, and those that there might be no room for in the end, are inserted at once', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('few'))
  expect(engine.lines).toEqual([])
  await journal.commit(block('many', 20_000))
  expect(engine.lines).toEqual(['checkout_events many'])
  room = 63 * 1024 * 1024
  await journal.commit(block('no room'))
  expect(engine.lines).toEqual(['checkout_events many', 'checkout_events no room'])
  await journal.close()
})

test('what waits is inserted when it is many together, or after a second', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  for (let i = 0; i < 11; i += 1) await journal.commit(block(String(i), 2_000))
  await expect.poll(() => engine.lines.length).toBe(9)
  expect(engine.inserts).toBe(1)
  await expect.poll(() => engine.lines.length, { timeout: 2_000 }).toBe(11)
  expect(engine.inserts).toBe(2)
  await journal.close()
})

test('what waits is bounded by its size too', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  for (let i = 0; i < 9; i += 1) await journal.commit(block('x'.repeat(2 * 1024 * 1024)))
  await expect.poll(() => engine.lines.length, { timeout: 500 }).toBeGreaterThan(6)
  await journal.close()
})

test('after an orderly stop nothing waits, and nothing more is taken or read', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  await journal.close()
  expect(engine.lines).toEqual(['checkout_events a'])
  expect(await foundBy(join(dir, 'journal'))).toEqual([])
  await expect(journal.commit(block('b'))).rejects.toThrow('closed')
  await expect(journal.settle()).rejects.toThrow('closed')
})

test('whoever asks waits for what was committed before, not for what comes meanwhile', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  const hold = Promise.withResolvers<undefined>()
  engine.held = hold.promise
  await journal.commit(block('a'))
  const first = journal.settle().then(() => [...engine.lines])
  await expect.poll(() => engine.inserts).toBe(1)
  // It does not wait for the insert.
  await journal.commit(block('b'))
  const second = journal.settle().then(() => [...engine.lines])
  hold.resolve(undefined)
  expect(await first).toEqual(['checkout_events a'])
  expect(await second).toEqual(['checkout_events a', 'checkout_events b'])
  await journal.close()
})

test('while the engine refuses, nothing is read and nothing more taken, and nothing of what was is lost', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  engine.error = Object.assign(new Error('a row is wrong'), { code: '117' })
  await expect(journal.settle()).rejects.toThrow('yet')
  // It is not this row that is wrong.
  const refused = await journal.commit(block('b')).catch((error: unknown) => error)
  expect(remedyFor(refused)).toBe('operator')
  await expect(journal.settle()).rejects.toThrow('yet')
  expect(await foundBy(asItIs('killed'))).toEqual(['checkout_events a'])
  engine.error = undefined
  await journal.commit(block('c'))
  await journal.settle()
  expect(engine.lines).toEqual(['checkout_events a', 'checkout_events c'])
  await journal.close()
})

test('a journal that is closed while the engine refuses keeps its rows, and one that can not insert them does not open', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  engine.error = new Error('the engine is away')
  await journal.close()
  await expect(Journal.open(join(dir, 'journal'), engine.insert)).rejects.toThrow('away')
  expect(await foundBy(join(dir, 'journal'))).toEqual(['checkout_events a'])
})

/** The next sync waits until it is told how it ends. */
async function holdSync(): Promise<PromiseWithResolvers<undefined>> {
  const ends = Promise.withResolvers<undefined>()
  const spy = await syncs()
  spy.mockImplementationOnce(async () => {
    await ends.promise
    spy.mockRestore()
  })
  return ends
}

async function syncs() {
  await using handle = await open(join(dir, 'any'), 'w')
  return vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync')
}

test('who asks while a row is being synced takes nothing away from it', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  const sync = await holdSync()
  const committed = journal.commit(block('b'))
  const asked = pause(5).then(() => journal.settle())
  await pause(10)
  sync.resolve(undefined)
  await Promise.all([committed, asked])
  expect([...engine.lines, ...(await foundBy(asItIs('killed')))]).toEqual(['checkout_events a', 'checkout_events b'])
  await journal.close()
})

test('what was refused is inserted before whoever asks is answered, and what came behind it soon after', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  const hold = Promise.withResolvers<undefined>()
  engine.held = hold.promise
  engine.error = new Error('the engine is away')
  const refused = expect(journal.settle()).rejects.toThrow('yet')
  await pause(5)
  const sync = await holdSync()
  const committed = journal.commit(block('b'))
  await pause(5).then(() => hold.resolve(undefined))
  await refused
  engine.error = undefined
  const asked = journal.settle().then(() => [...engine.lines])
  await pause(5).then(() => sync.resolve(undefined))
  await committed
  expect(await asked).toContain('checkout_events a')
  await expect.poll(() => engine.lines, { timeout: 2_000 }).toEqual(['checkout_events a', 'checkout_events b'])
  await journal.close()
})

test('what the engine refused is tried again by itself', async () => {
  const engine = anEngine()
  const journal = await Journal.open(join(dir, 'journal'), engine.insert)
  await journal.commit(block('a'))
  engine.error = new Error('the engine is away')
  await expect.poll(() => engine.inserts, { timeout: 2_000 }).toBe(1)
  engine.error = undefined
  await expect.poll(() => engine.lines, { timeout: 2_000 }).toEqual(['checkout_events a'])
  await journal.close()
})

test('nothing is read while a row may come back that nobody was told to be safe', async () => {
  const journal = await Journal.open(join(dir, 'journal'), anEngine().insert)
  const spy = await syncs()
  spy.mockRejectedValue(new Error('the disk fails'))
  await expect(journal.commit(block('a'))).rejects.toThrow('fails')
  const before = asItIs('power cut')
  await expect(journal.settle()).rejects.toThrow('fails')
  await expect(journal.commit(block('b'))).rejects.toThrow('fails')
  spy.mockRestore()
  await journal.settle()
  expect(await foundBy(before)).toEqual([])
  await journal.close()
})

test('whatever comes together with whatever, and whenever the process is killed: each committed row is with the engine or found', async () => {
  const moves = fc.array(fc.constantFrom('commit', 'commit many', 'ask', 'refuse', 'take', 'pause', 'kill'), {
    minLength: 5,
    maxLength: 40,
  })
  await fc.assert(
    fc.asyncProperty(moves, async (moves) => {
      const directory = await mkdtemp(join(dir, 'round-'))
      const engine = anEngine()
      const journal = await Journal.open(directory, engine.insert)
      const acked: string[] = []
      const running: Promise<unknown>[] = []
      let kills = 0
      for (const [i, move] of moves.entries()) {
        if (move.startsWith('commit')) {
          const line = `checkout_events ${i}`
          const rows = move === 'commit' ? 1 : 8_000
          running.push(
            journal.commit(block(String(i), rows)).then(
              () => acked.push(line),
              () => {},
            ),
          )
        }
        if (move === 'ask') {
          const before = [...acked]
          running.push(
            journal.settle().then(
              () => expect(engine.lines).toEqual(expect.arrayContaining(before)),
              () => {},
            ),
          )
        }
        if (move === 'refuse') engine.error = new Error('the engine is away')
        if (move === 'take') engine.error = undefined
        if (move === 'pause') await pause(2)
        if (move === 'kill') {
          const promised = [...acked]
          const inserted = [...engine.lines]
          const killed = `${directory}-${(kills += 1)}`
          cpSync(directory, killed, { recursive: true })
          expect([...inserted, ...(await foundBy(killed))]).toEqual(expect.arrayContaining(promised))
        }
      }
      await Promise.all(running)
      engine.error = undefined
      await journal.settle()
      expect(engine.lines).toEqual(expect.arrayContaining(acked))
      await journal.close()
    }),
    { numRuns: 100 },
  )
})
