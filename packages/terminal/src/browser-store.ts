/**
 * What a till that is a page keeps in its browser (IndexedDB): the events that wait, each terminal's last number, the refused,
 * and the application's own notes. Every method is one transaction: it happens whole or throws.
 */

import { enter } from './entry.ts'
import type { Queued } from './queue-store.ts'
import type { RefusedEvent } from './refused-event.ts'
import type { TerminalState } from './terminal-states.ts'
import type { Happening } from './terminal.ts'

/** What becomes of a note, and what is to be recorded with it. */
export interface Step<Note> {
  note: Note | undefined
  happenings: readonly Happening[]
}

const stores = ['event', 'terminal', 'refused', 'note'] as const
type StoreName = (typeof stores)[number]
type Durability = 'strict' | 'relaxed'

const mostRefused = 100

export class BrowserStore {
  readonly #name: string
  #open: Promise<IDBDatabase> | undefined

  /** @param name of the database. */
  constructor(name: string) {
    this.#name = name
  }

  async note<Note>(name: string): Promise<Note | undefined> {
    return this.#transaction(['note'], 'readonly', async (store) => answerTo(store('note').get(name) as Asked<Note>))
  }

  async keep(name: string, note: unknown): Promise<void> {
    await this.#transaction(['note'], 'readwrite', async (store) => answerTo(store('note').put(note, name)))
  }

  /**
   * Takes a note one step on, and records what happens with it: both or neither, and in turn, whoever else has the page open.
   * The events are on disk when this resolves (with `strict`, over a power cut).
   * @param step is given what is kept now, and may be called again only for another step.
   * @param now UTC milliseconds.
   */
  async advance<Note>(
    name: string,
    step: (note: Note | undefined) => Step<Note>,
    now: number,
    durability: Durability = 'strict',
  ): Promise<{ note: Note | undefined; queued: Queued[] }> {
    const work = async (store: (name: StoreName) => IDBObjectStore) => {
      const before = await answerTo(store('note').get(name) as Asked<Note>)
      const { note, happenings } = step(before)
      const queued: Queued[] = []
      for (const happening of happenings) queued.push(await append(store, happening, now))
      if (note === undefined) await answerTo(store('note').delete(name))
      else await answerTo(store('note').put(note, name))
      return { note, queued }
    }
    return this.#transaction(['event', 'terminal', 'note'], 'readwrite', work, durability)
  }

  /** All that wait, in order of recording. */
  async queued(): Promise<Queued[]> {
    return this.#transaction(['event'], 'readonly', async (store) => {
      const [positions, events] = await Promise.all([
        answerTo(store('event').getAllKeys()),
        answerTo(store('event').getAll() as IDBRequest<Omit<Queued, 'position'>[]>),
      ])
      return events.map((event, i) => ({ position: positions[i] as number, ...event }))
    })
  }

  /** Removes what the ingest has dealt with, and keeps the refused among it apart: the newest hundred. */
  async settle(positions: readonly number[], refused: readonly RefusedEvent[]): Promise<void> {
    const work = async (store: (name: StoreName) => IDBObjectStore) => {
      await Promise.all(positions.map((position) => answerTo(store('event').delete(position))))
      for (const one of refused) await answerTo(store('refused').add(one))
      const kept = await answerTo(store('refused').getAllKeys())
      const old = kept.slice(0, Math.max(0, kept.length - mostRefused))
      await Promise.all(old.map((key) => answerTo(store('refused').delete(key))))
    }
    // Should it get lost, they are sent again, which changes nothing.
    await this.#transaction(['event', 'refused'], 'readwrite', work, 'relaxed')
  }

  /** The newest last. */
  async refused(): Promise<RefusedEvent[]> {
    return this.#transaction(['refused'], 'readonly', async (store) =>
      answerTo(store('refused').getAll() as IDBRequest<RefusedEvent[]>),
    )
  }

  async close(): Promise<void> {
    const database = await this.#open
    this.#open = undefined
    database?.close()
  }

  async #transaction<T>(
    names: readonly StoreName[],
    mode: IDBTransactionMode,
    work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>,
    durability: Durability = 'strict',
  ): Promise<T> {
    this.#open ??= openDatabase(this.#name, () => (this.#open = undefined))
    const transaction = (await this.#open).transaction([...names], mode, { durability })
    const ended = endOf(transaction)
    try {
      const result = await work((name) => transaction.objectStore(name))
      await ended
      return result
    } catch (error) {
      abort(transaction)
      throw error
    }
  }
}

async function append(store: (name: StoreName) => IDBObjectStore, happening: Happening, now: number): Promise<Queued> {
  const { source } = happening.terminal
  const kept = await answerTo(store('terminal').get(source) as Asked<TerminalState>)
  const state = kept ?? { sequence: 0, reported: undefined }
  const { receipt, entry } = enter(happening, state, now)
  if (entry === undefined) throw receipt.recorded ? new Error('no entry') : receipt.error
  const { body, reporter } = entry
  await answerTo(store('terminal').put(state, source))
  const position = (await answerTo(store('event').add({ body, reporter }))) as number
  return { position, body, reporter }
}

type Asked<T> = IDBRequest<T | undefined>

function openDatabase(name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      for (const store of stores) {
        const numbered = store === 'event' || store === 'refused'
        request.result.createObjectStore(store, { autoIncrement: numbered })
      }
    }
    request.onerror = () => {
      onClosed()
      reject(failureOf(request.error))
    }
    request.onsuccess = () => {
      // By the browser, when its data is cleared: it begins anew at the next question.
      request.result.onclose = onClosed
      resolve(request.result)
    }
  })
}

function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(failureOf(request.error))
  })
}

function endOf(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(failureOf(transaction.error))
  })
  // Where a request has failed before, nobody waits for this any more.
  ended.catch(() => {})
  return ended
}

const failureOf = (error: DOMException | null): Error => error ?? new Error("the browser's storage failed")

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It has ended already.
  }
}
