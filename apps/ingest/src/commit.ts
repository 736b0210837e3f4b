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
/** Rows of one insert: the engine takes large blocks more cheaply, and a block must fit in memory. */
const mostRowsPerInsert = 20_000
/** Rows that may wait. Past it the answer is 503: the sender has a queue too, and a longer one here would only hide it. */
const mostRowsWaiting = 100_000

/** The queue is full, or this process is stopping. Nothing of the request was taken. */
export class Busy extends Error {}

interface Waiting {
  checkoutEvents: CheckoutEventRow[]
  terminalReports: TerminalReportRow[]
  resolve(): void
  reject(error: unknown): void
}

export class Committer {
  readonly #store: EventStore
  #waiting: Waiting[] = []
  #rowsWaiting = 0
  #running: Promise<void> | undefined
  #stopped = false

  constructor(store: EventStore) {
    this.#store = store
  }

  get rowsWaiting(): number {
    return this.#rowsWaiting
  }

  /** Resolves when every event is committed to the store. Rejects where that is not certain: the sender sends them again. */
  commit(events: readonly TillEvent[], receivedAt: number): Promise<void> {
    if (events.length === 0) return Promise.resolve()
    if (this.#stopped || this.#rowsWaiting + events.length > mostRowsWaiting) return Promise.reject(new Busy())
    return new Promise((resolve, reject) => {
      const entry: Waiting = { checkoutEvents: [], terminalReports: [], resolve, reject }
      for (const event of events) {
        if (isReport(event)) entry.terminalReports.push(terminalReportRow(event, receivedAt))
        else entry.checkoutEvents.push(checkoutEventRow(event, receivedAt))
      }
      this.#waiting.push(entry)
      this.#rowsWaiting += events.length
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
    let rows = 0
    for (const entry of this.#waiting) {
      const more = entry.checkoutEvents.length + entry.terminalReports.length
      if (group.length > 0 && rows + more > mostRowsPerInsert) break
      group.push(entry)
      rows += more
    }
    this.#waiting = this.#waiting.slice(group.length)
    this.#rowsWaiting -= rows
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
