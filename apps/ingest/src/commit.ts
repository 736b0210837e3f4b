/**
 * Group commit. Requests that arrive together share one insert, and each is answered when that insert is done: no event
 * waits only in memory behind a 2xx. One insert at a time; what arrives meanwhile makes the next.
 */

import { checkoutEventRow, isReport, terminalReportRow } from '@tillsight/shared/store/event-log.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import type { CheckoutEventRow, TerminalReportRow } from '@tillsight/shared/store/tables.ts'
import type { TillEvent } from '@tillsight/shared/events/event.ts'

/** How long the first of a group waits for company. */
const gatherMs = 2
/** Of one insert: the engine takes large blocks more cheaply, and a block must fit in memory. */
const mostPerInsert: Load = { rows: 20_000, characters: 16 * 1024 * 1024 }
/** That may wait. Past it the answer is 503: the sender has a queue too, and a longer one here would only hide it. */
const mostWaiting: Load = { rows: 100_000, characters: 64 * 1024 * 1024 }

/** How much events weigh: an event may be small or 16 KiB, so rows alone bound nothing. */
interface Load {
  rows: number
  characters: number
}

const loadOf = (events: readonly TillEvent[]): Load => ({
  rows: events.length,
  characters: events.reduce((sum, { body }) => sum + body.length, 0),
})
const sum = (a: Load, b: Load): Load => ({ rows: a.rows + b.rows, characters: a.characters + b.characters })
const exceeds = (load: Load, most: Load): boolean => load.rows > most.rows || load.characters > most.characters

/** The queue is full, or this process is stopping. Nothing of the request was taken. */
export class Busy extends Error {}

interface Waiting {
  load: Load
  checkoutEvents: CheckoutEventRow[]
  terminalReports: TerminalReportRow[]
  resolve(): void
  reject(error: unknown): void
}

export class Committer {
  readonly #store: EventStore
  #waiting: Waiting[] = []
  #load: Load = { rows: 0, characters: 0 }
  #running: Promise<void> | undefined
  #stopped = false

  constructor(store: EventStore) {
    this.#store = store
  }

  get rowsWaiting(): number {
    return this.#load.rows
  }

  /** False while it is full or stopping, and would refuse. */
  get accepting(): boolean {
    return !this.#stopped && !exceeds(this.#load, mostWaiting)
  }

  /** Resolves when every event is committed to the store. Rejects where that is not certain: the sender sends them again. */
  commit(events: readonly TillEvent[], receivedAt: number): Promise<void> {
    if (events.length === 0) return Promise.resolve()
    const load = loadOf(events)
    const waiting = sum(this.#load, load)
    if (this.#stopped || exceeds(waiting, mostWaiting)) return Promise.reject(new Busy())
    return new Promise((resolve, reject) => {
      const entry: Waiting = { load, checkoutEvents: [], terminalReports: [], resolve, reject }
      for (const event of events) {
        if (isReport(event)) entry.terminalReports.push(terminalReportRow(event, receivedAt))
        else entry.checkoutEvents.push(checkoutEventRow(event, receivedAt))
      }
      this.#waiting.push(entry)
      this.#load = waiting
      this.#running ??= this.#run()
    })
  }

  /** Takes nothing more; resolves when what was taken is committed and answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, gatherMs))
    while (this.#waiting.length > 0) await this.#insert(this.#nextGroup())
    this.#running = undefined
  }

  #nextGroup(): Waiting[] {
    const group: Waiting[] = []
    let load: Load = { rows: 0, characters: 0 }
    for (const entry of this.#waiting) {
      const more = sum(load, entry.load)
      if (group.length > 0 && exceeds(more, mostPerInsert)) break
      group.push(entry)
      load = more
    }
    this.#waiting = this.#waiting.slice(group.length)
    this.#load = { rows: this.#load.rows - load.rows, characters: this.#load.characters - load.characters }
    return group
  }

  async #insert(group: Waiting[]): Promise<void> {
    const checkoutEvents = group.flatMap((entry) => entry.checkoutEvents)
    const terminalReports = group.flatMap((entry) => entry.terminalReports)
    try {
      if (checkoutEvents.length > 0) await this.#store.insert('checkout_events', checkoutEvents)
      if (terminalReports.length > 0) await this.#store.insert('terminal_reports', terminalReports)
      for (const entry of group) entry.resolve()
    } catch (error) {
      for (const entry of group) entry.reject(error)
    }
  }
}
