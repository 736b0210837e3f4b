/**
 * Group commit. Requests that arrive together share one insert, and each is answered when that insert is done: nothing waits
 * only in memory behind a 2xx. One insert at a time; what arrives meanwhile makes the next.
 */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { checkoutEventRow, isReport, terminalReportRow } from '@tillsight/shared/store/event-log.ts'
import type { NativeRows } from '@tillsight/shared/store/native.ts'
import {
  encoded,
  type CheckoutEventRow,
  type QuarantineRow,
  type TerminalReportRow,
} from '@tillsight/shared/store/tables.ts'
import { Inserter, type RefusedRow } from './insert.ts'

/** How long the first of a group waits for company. */
const gatherMs = 2
/**
 * Where a commit is an insert (see `store/journal.ts`) it costs some ten milliseconds of CPU however few rows it has, so after one the
 * engine rests for as long as it took: then at least half of a core is left to those who send. Not where so many wait that their
 * number is what an insert costs.
 */
const longestRestMs = 20
const worthAnInsert = 2_000
/** Of one insert: the engine takes large blocks more cheaply, and a block must fit in memory. */
const mostPerInsert: Load = { rows: 20_000, bytes: 16 * 1024 * 1024 }
/** That may wait. Past it the answer is 503: the sender has a queue too, and a longer one here would only hide it. */
const mostWaiting: Load = { rows: 100_000, bytes: 64 * 1024 * 1024 }
/** An insert that takes longer is given up by those who wait for it; the next one still has to wait until it has ended. */
const overdueMs = 20_000

/** How much rows weigh: an event may be small or 16 KiB, so rows alone bound nothing. */
interface Load {
  rows: number
  bytes: number
}

const nothing: Load = { rows: 0, bytes: 0 }
const sum = (a: Load, b: Load): Load => ({ rows: a.rows + b.rows, bytes: a.bytes + b.bytes })
const minus = (a: Load, b: Load): Load => ({ rows: a.rows - b.rows, bytes: a.bytes - b.bytes })
const exceeds = (load: Load, most: Load): boolean => load.rows > most.rows || load.bytes > most.bytes

/** The queue is full, an insert is overdue, or this process is stopping. Nothing of the request was taken. */
export class Busy extends Error {}

/** The tables in the order in which a group goes into them. */
const tables = ['checkout_events', 'terminal_reports', 'quarantine'] as const
type Table = (typeof tables)[number]

/** What one request wants to be stored. Nothing of its events is left but their rows: thousands of requests may wait. */
type Rows = Record<Table, NativeRows>

interface Waiting {
  load: Load
  rows: Rows
  /** UTC milliseconds. */
  receivedAt: number
  resolve(refused: readonly RefusedRow[]): void
  reject(error: unknown): void
}

/** What an operator wants to know of each insert. */
export interface InsertReport {
  rows: number
  seconds: number
  error?: unknown
}

export class Committer {
  readonly #inserter: Inserter
  readonly #onInsert: (report: InsertReport) => void
  #waiting: Waiting[] = []
  #inserting: readonly Waiting[] = []
  #newest: number
  /** How many requests with rows were ever taken. */
  taken = 0
  #load = nothing
  #running: Promise<void> | undefined
  #arrived: () => void = () => {}
  #overdue = false
  #stopped = false

  constructor(store: EventStore, onInsert: (report: InsertReport) => void = () => {}) {
    this.#inserter = new Inserter(store)
    this.#newest = store.rollup.rolledTo
    this.#onInsert = onInsert
  }

  /** Every row received before it, UTC milliseconds, is committed or never will be. */
  get settledTo(): number {
    return this.#inserting[0]?.receivedAt ?? this.#waiting[0]?.receivedAt ?? this.#now()
  }

  get isIdle(): boolean {
    return this.#waiting.length + this.#inserting.length === 0
  }

  get rowsWaiting(): number {
    return this.#load.rows
  }

  /** Since when the oldest row waits for its insert to begin, in UTC milliseconds; undefined where none waits. */
  get waitingSince(): number | undefined {
    return this.#waiting[0]?.receivedAt
  }

  /** False while it is full, stuck or stopping, and would refuse. */
  get accepting(): boolean {
    return !this.#stopped && !this.#overdue && !exceeds(this.#load, mostWaiting)
  }

  /**
   * Resolves when everything is committed to the store, but for the events whose indices it gives: the store can't take them.
   * Rejects where it is not certain: the sender sends them again.
   */
  commit(events: readonly TillEvent[], quarantine: readonly QuarantineRow[] = []): Promise<readonly number[]> {
    if (events.length + quarantine.length === 0) return Promise.resolve([])
    const receivedAt = this.#now()
    const checkouts: CheckoutEventRow[] = []
    const reports: TerminalReportRow[] = []
    const indices: Partial<Record<Table, number[]>> = { checkout_events: [], terminal_reports: [] }
    for (const [i, event] of events.entries()) {
      if (isReport(event)) reports.push(terminalReportRow(event, receivedAt))
      else checkouts.push(checkoutEventRow(event, receivedAt))
      indices[isReport(event) ? 'terminal_reports' : 'checkout_events']?.push(i)
    }
    const rows: Rows = {
      checkout_events: encoded('checkout_events', checkouts),
      terminal_reports: encoded('terminal_reports', reports),
      quarantine: encoded('quarantine', quarantine),
    }
    return this.#enqueue(rows, receivedAt).then((refused) =>
      tables.flatMap((table) =>
        refused.filter(({ part }) => part === rows[table]).flatMap(({ row }) => indices[table]?.[row] ?? []),
      ),
    )
  }

  /** Takes nothing more; resolves when what was taken is committed and answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  #enqueue(rows: Rows, receivedAt: number): Promise<readonly RefusedRow[]> {
    const load = tables.reduce((load, table) => sum(load, loadOf(rows[table])), nothing)
    const waiting = sum(this.#load, load)
    if (this.#stopped || this.#overdue || exceeds(waiting, mostWaiting)) return Promise.reject(new Busy())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ load, rows, receivedAt, resolve, reject })
      this.taken += 1
      this.#load = waiting
      this.#arrived()
      this.#running ??= this.#run()
    })
  }

  /** Never goes back, as a clock that is set does: what is received later must not look as if it had been there before. */
  #now(): number {
    return (this.#newest = Math.max(this.#newest, Date.now()))
  }

  async #run(): Promise<void> {
    let restMs = gatherMs
    do {
      await this.#gather(restMs)
      const started = performance.now()
      this.#inserting = this.#nextGroup()
      await this.#insert(this.#inserting)
      this.#inserting = []
      restMs = Math.min(Math.max(gatherMs, performance.now() - started), longestRestMs)
    } while (this.#waiting.length > 0)
    this.#running = undefined
  }

  /**
   * Resolves when the time is up or enough rows wait. Each that arrives looks at the clock too: where hundreds arrive in one
   * turn of the event loop a timer would be late until all are read, and the engine idle.
   */
  async #gather(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const until = performance.now() + ms
    const timer = setTimeout(resolve, ms, undefined)
    this.#arrived = () => {
      if (this.#load.rows >= worthAnInsert || performance.now() >= until) resolve(undefined)
    }
    this.#arrived()
    await promise
    clearTimeout(timer)
    this.#arrived = () => {}
  }

  #nextGroup(): Waiting[] {
    const group: Waiting[] = []
    let load = nothing
    for (const entry of this.#waiting) {
      const more = sum(load, entry.load)
      if (group.length > 0 && exceeds(more, mostPerInsert)) break
      group.push(entry)
      load = more
    }
    this.#waiting = this.#waiting.slice(group.length)
    this.#load = minus(this.#load, load)
    return group
  }

  async #insert(group: readonly Waiting[]): Promise<void> {
    const started = performance.now()
    const rows = group.reduce((total, { load }) => total + load.rows, 0)
    const report = (error?: unknown) =>
      this.#onInsert({ rows, seconds: (performance.now() - started) / 1000, ...(error === undefined ? {} : { error }) })
    const late = setTimeout(() => {
      this.#overdue = true
      const error = new Error('the insert is overdue')
      for (const entry of [...group, ...this.#waiting]) entry.reject(error)
      this.#waiting = []
      this.#load = nothing
      report(error)
    }, overdueMs)
    try {
      const refused = await this.#insertTables(group)
      for (const entry of group) entry.resolve(refused)
      report()
    } catch (error) {
      for (const entry of group) entry.reject(error)
      if (!this.#overdue) report(error)
    } finally {
      clearTimeout(late)
      this.#overdue = false
    }
  }

  /** The rows that the store can't take. */
  async #insertTables(group: readonly Waiting[]): Promise<RefusedRow[]> {
    const refused: RefusedRow[] = []
    for (const table of tables) {
      refused.push(
        ...(await this.#inserter.insert(
          table,
          group.map(({ rows }) => rows[table]),
        )),
      )
    }
    return refused
  }
}

const loadOf = ({ count, bytes }: NativeRows): Load => ({ rows: count, bytes: bytes.length })
