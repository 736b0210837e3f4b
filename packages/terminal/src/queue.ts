/**
 * The events that wait, in order of recording. They are on disk before `append` returns; where the disk fails they wait in
 * memory, and go to disk as soon as it works again. Nothing here throws into a sale.
 */

import type { Refusal } from './answer.ts'
import type { Clock } from './clock.ts'
import type { Problems } from './problems.ts'
import { isDamage, NotAQueue, numbersFrom, OutboxInUse } from './queue-file.ts'
import { QueueStore, type Entry, type Queued } from './queue-store.ts'
import { refusedEvent, type RefusedEvent } from './refused-event.ts'
import type { QueueToSend } from './queue-to-send.ts'
import type { TerminalState } from './terminal-states.ts'

export interface QueueOptions {
  file: string
  maxBytes: number
  clock: Clock
  problems: Problems
}

const memoryBytes = 4 * 1024 * 1024
/** A transaction may not outgrow the file's slack, also where every event fills its pages by half. */
const transactionBytes = 256 * 1024
const tryAgainMs = 5_000

export class Queue implements QueueToSend {
  readonly #options: QueueOptions
  #store: QueueStore | undefined
  #hadFile = false
  #tryAgainAt = -Infinity
  /** Recorded, and not on disk. */
  #unsaved: Entry[] = []
  /** Settled, and still on disk. */
  #settled: Parameters<QueueStore['settle']>[] = []
  readonly #terminals = new Map<string, TerminalState>()
  /** The newest position given out to be sent. */
  #claimed = 0
  #last = 0
  #waiting = 0
  #underWay = 0
  #droppedInMemory = 0

  /** Throws OutboxInUse and NotAQueue; a disk that fails is a problem told, and no error. */
  constructor(options: QueueOptions) {
    this.#options = options
    try {
      this.#adopt(new QueueStore(options.file, options.maxBytes))
    } catch (error) {
      if (error instanceof OutboxInUse || error instanceof NotAQueue) throw error
      this.#failed(error)
    }
  }

  /** How many wait that were not claimed. */
  get waiting(): number {
    return this.#waiting
  }

  get size(): number {
    return this.#waiting + this.#underWay
  }

  get last(): number {
    return this.#last
  }

  get dropped(): number {
    return this.#droppedInMemory + (this.#read((store) => store.tally('dropped')) ?? 0)
  }

  /** How many were refused since the file began. */
  get refusals(): number {
    return this.#read((store) => store.tally('refused')) ?? 0
  }

  refused(): RefusedEvent[] {
    return this.#read((store) => store.refused()) ?? []
  }

  /** Whether nothing is left of what was recorded up to that position. */
  isDone(position: number): boolean {
    const first = this.#unsaved[0]?.position ?? Infinity
    const stored = this.#read((store) => store.first) ?? Infinity
    return Math.min(first, stored) > position
  }

  /** What is remembered of a terminal; the caller writes its next number and report into it. */
  terminal(source: string): TerminalState {
    const known = this.#terminals.get(source)
    if (known !== undefined) return known
    const stored = this.#read((store) => store.terminal(source))
    const state = { sequence: stored?.sequence ?? this.#numbersFrom(), reported: stored?.reported }
    this.#terminals.set(source, state)
    return state
  }

  /** Without the file nobody knows what number a terminal has come to. */
  #numbersFrom(): number {
    return this.#read((store) => store.tally('numbersFrom')) ?? numbersFrom(this.#options.clock.now())
  }

  /** Gives them their positions; true when all are on disk. */
  append(entries: readonly Omit<Entry, 'position'>[]): boolean {
    for (const entry of entries) this.#unsaved.push({ ...entry, position: (this.#last += 1) })
    this.#waiting += entries.length
    this.#save()
    return this.#unsaved.length === 0
  }

  /** The next events in order, as many as fit; they are given out once in the life of the process. */
  claim(mostEvents: number, mostBytes: number): Queued[] {
    this.#save()
    const stored = this.#read((store) => store.after(this.#claimed, mostEvents)) ?? []
    const unsaved = this.#unsaved.filter(({ position }) => position > this.#claimed)
    const claimed: Queued[] = []
    let bytes = 2
    for (const queued of [...stored, ...unsaved].sort((a, b) => a.position - b.position)) {
      bytes += Buffer.byteLength(queued.body) + 1
      if (claimed.length === mostEvents || (bytes > mostBytes && claimed.length > 0)) break
      claimed.push(queued)
    }
    this.#claimed = claimed.at(-1)?.position ?? this.#claimed
    this.#waiting -= claimed.length
    this.#underWay += claimed.length
    return claimed
  }

  /** The ingest has dealt with these, a run of what was claimed. Gives the refused among them. */
  settle(batch: readonly Queued[], refused: ReadonlyMap<number, Refusal>): RefusedEvent[] {
    const at = this.#options.clock.now()
    const kept = [...refused].map(([index, refusal]) => refusedEvent(batch[index]?.body ?? '', refusal, at))
    const reporters = new Set([...refused.keys()].flatMap((index) => batch[index]?.reporter ?? []))
    this.#forget(reporters)
    const [first = 0, last = 0] = [batch[0]?.position, batch.at(-1)?.position]
    this.#unsaved = this.#unsaved.filter(({ position }) => position < first || position > last)
    this.#underWay -= batch.length
    this.#settled.push([first, last, kept, reporters])
    this.#save()
    if (this.size === 0) this.#options.problems.clear('queue_full')
    if (this.size === 0) this.#read((store) => store.shrink())
    return kept
  }

  close(): void {
    this.#save(true)
    this.#read((store) => store.close())
    this.#store = undefined
  }

  /** Brings the disk up to date; after a failure not before a while, so that no sale waits for a broken disk. */
  #save(now = false): void {
    if (this.#store !== undefined && this.#unsaved.length === 0 && this.#settled.length === 0) return
    if (!now && this.#options.clock.now() < this.#tryAgainAt) {
      this.#boundMemory()
      return
    }
    try {
      if (this.#store === undefined) this.#adopt(new QueueStore(this.#options.file, this.#options.maxBytes))
      if (this.#store !== undefined) this.#write(this.#store)
      this.#options.problems.clear('disk')
    } catch (error) {
      this.#failed(error)
      this.#boundMemory()
    }
  }

  #write(store: QueueStore): void {
    for (let run = this.#settled[0]; run !== undefined; run = this.#settled[0]) {
      store.settle(...run)
      this.#settled.shift()
    }
    while (this.#unsaved.length > 0) {
      const piece = pieceOf(this.#unsaved)
      const { count, reporters } = store.append(piece, this.#claimed)
      this.#unsaved = piece.length === this.#unsaved.length ? [] : this.#unsaved.slice(piece.length)
      this.#drop(count, reporters)
    }
  }

  #drop(count: number, reporters: ReadonlySet<string>): void {
    if (count === 0) return
    this.#waiting -= count
    this.#forget(reporters)
    this.#options.problems.raise('queue_full', 'the queue is full: the oldest events make room for the newest')
  }

  /** A report that never arrives is made again by the next `reportChanges`. */
  #forget(reporters: ReadonlySet<string>): void {
    for (const source of reporters) {
      const state = this.#terminals.get(source)
      if (state !== undefined) state.reported = undefined
    }
  }

  #boundMemory(): void {
    let bytes = this.#unsaved.reduce((sum, { body }) => sum + body.length, 0)
    if (bytes <= memoryBytes) return
    const reporters = new Set<string>()
    const kept = this.#unsaved.filter(({ position, body, reporter }) => {
      if (bytes <= memoryBytes || position <= this.#claimed) return true
      bytes -= body.length
      if (reporter !== null) reporters.add(reporter)
      return false
    })
    this.#droppedInMemory += this.#unsaved.length - kept.length
    this.#drop(this.#unsaved.length - kept.length, reporters)
    this.#unsaved = kept
  }

  #adopt(store: QueueStore): void {
    // Positions that this process gave out while it had no file are not to meet those of an earlier one.
    if (!this.#hadFile && this.#last > 0) store.moveBehind(this.#last)
    this.#store = store
    this.#hadFile = true
    const { salvaged } = store
    if (salvaged !== undefined) {
      const message = `the queue file was damaged and moved aside; ${salvaged} of its events were saved into a new one`
      this.#options.problems.mention('queue_damaged', message)
    }
    const inMemory = this.#unsaved.filter(({ position }) => position > this.#claimed)
    this.#waiting = store.countAfter(this.#claimed) + inMemory.length
    this.#last = Math.max(this.#last, store.last)
  }

  #read<T>(read: (store: QueueStore) => T): T | undefined {
    if (this.#store === undefined) return undefined
    try {
      return read(this.#store)
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  #failed(error: unknown): void {
    const { problems, clock } = this.#options
    problems.raise('disk', `the queue is kept in memory: ${error instanceof Error ? error.message : 'the disk failed'}`)
    this.#tryAgainAt = clock.now() + tryAgainMs
    if (isDamage(error)) {
      // To be opened again at once: a damaged file is moved aside then.
      this.#store?.close()
      this.#store = undefined
      this.#tryAgainAt = -Infinity
    }
  }
}

/** As much from the beginning as one transaction may hold. */
function pieceOf(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0
  const end = entries.findIndex(({ body }, i) => (bytes += Buffer.byteLength(body)) > transactionBytes && i > 0)
  return end === -1 ? entries : entries.slice(0, end)
}
