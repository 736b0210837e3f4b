/** What the queue asks of its file, in SQL. Every method is one transaction: it happens whole or throws. */

import type { DatabaseSync } from 'node:sqlite'
import { openQueueFile, pagesIn } from './queue-file.ts'
import type { RefusedEvent } from './refused-event.ts'
import type { Reported, TerminalState } from './terminal-states.ts'

/** An event as it waits to be sent. */
export interface Queued {
  /** Its place in the order of recording. */
  position: number
  /** The text that is sent. */
  body: string
  /** The terminal, where it is a report; null for all other events. */
  reporter: string | null
}

/** An event that was just recorded, and what it leaves behind in its terminal. */
export interface Entry extends Queued {
  source: string
  sequence: number
  /** What the terminal has reported with it (JSON), null where it is no report. */
  reported: string | null
}

export interface Dropped {
  count: number
  /** Terminals of which a report is among them. */
  reporters: Set<string>
}

const mostRefused = 1_000
const atOnce = 32

export class QueueStore {
  readonly salvaged: number | undefined
  readonly #db: DatabaseSync
  readonly #pages: number
  readonly #sql: ReturnType<typeof statements>

  /** Throws as `openQueueFile`. */
  constructor(path: string, maxBytes: number) {
    const { db, salvaged } = openQueueFile(path, maxBytes)
    this.#db = db
    this.salvaged = salvaged
    this.#pages = pagesIn(maxBytes)
    this.#sql = statements(db)
  }

  /** Appends the entries; where they are too many for the file, the oldest after `kept` make room. */
  append(entries: readonly Entry[], kept: number): Dropped {
    return this.#transaction(() => {
      const last = new Map<string, { sequence: number; reported: string | null }>()
      for (const { position, body, reporter, source, sequence, reported } of entries) {
        this.#sql.insert.run(position, body, reporter)
        last.set(source, { sequence, reported: reported ?? last.get(source)?.reported ?? null })
      }
      for (const [source, { sequence, reported }] of last) this.#sql.remember.run(source, sequence, reported)
      return this.#makeRoom(kept)
    })
  }

  #makeRoom(kept: number): Dropped {
    const dropped: Dropped = { count: 0, reporters: new Set() }
    while (Number(this.#sql.used.get()?.['value']) > this.#pages) {
      // The refused are only of interest, the queued are news.
      if (Number(this.#sql.dropRefused.run(atOnce).changes) > 0) continue
      const rows = this.#sql.drop.all(kept, atOnce)
      if (rows.length === 0) break
      dropped.count += rows.length
      for (const { reporter } of rows) if (typeof reporter === 'string') dropped.reporters.add(reporter)
    }
    for (const source of dropped.reporters) this.#sql.forget.run(source)
    if (dropped.count > 0) this.#sql.count.run('dropped', dropped.count)
    return dropped
  }

  /** In order of recording, from behind `position`. */
  after(position: number, most: number): Queued[] {
    return this.#sql.after.all(position, most) as unknown as Queued[]
  }

  /** Removes a run of events that the ingest has dealt with, and keeps the refused among them apart. */
  settle(first: number, last: number, refused: readonly RefusedEvent[], reporters: ReadonlySet<string>): void {
    this.#transaction(() => {
      // First, so that the refused find the room that they had.
      this.#sql.remove.run(first, last)
      for (const [i, { id, source, at, code, pointer, detail, event }] of refused.entries()) {
        this.#sql.refuse.run(id, source, at, code, pointer, detail, event === null ? null : JSON.stringify(event))
        if (i % atOnce === 0) this.#makeRoom(Infinity)
      }
      if (refused.length > 0) {
        this.#sql.trimRefused.run(mostRefused)
        this.#sql.count.run('refused', refused.length)
      }
      for (const source of reporters) this.#sql.forget.run(source)
    })
  }

  /** The newest first. */
  refused(): RefusedEvent[] {
    return this.#sql.refused.all().map(({ body, ...row }) => ({
      ...(row as unknown as Omit<RefusedEvent, 'event'>),
      event: typeof body === 'string' ? (JSON.parse(body) as unknown) : null,
    }))
  }

  terminal(source: string): TerminalState | undefined {
    const row = this.#sql.terminal.get(source) as { sequence: number; reported: string | null } | undefined
    if (row === undefined) return undefined
    const { sequence, reported } = row
    return { sequence, reported: reported === null ? undefined : (JSON.parse(reported) as Reported) }
  }

  tally(name: 'dropped' | 'refused' | 'numbersFrom'): number {
    return Number(this.#sql.tally.get(name)?.['value'] ?? 0)
  }

  countAfter(position: number): number {
    return Number(this.#sql.size.get(position)?.['value'])
  }

  /** Gives all that is there a place behind `position`, in the same order. */
  moveBehind(position: number): void {
    this.#sql.move.run(Math.max(position, this.last))
  }

  /** Position of the oldest event, undefined where there is none. */
  get first(): number | undefined {
    return (this.#sql.first.get()?.['value'] as number | null) ?? undefined
  }

  get last(): number {
    return Number(this.#sql.last.get()?.['value'] ?? 0)
  }

  /** Gives room that is not used back to the disk, where it is much and a little at a time: each time is a write. */
  shrink(): void {
    if (Number(this.#sql.free.get()?.['freelist_count']) > 256) this.#db.exec('pragma incremental_vacuum(256)')
  }

  close(): void {
    this.#db.close()
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec('begin immediate')
    try {
      const result = work()
      this.#db.exec('commit')
      return result
    } catch (error) {
      // Some errors have rolled back already.
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }
}

function statements(db: DatabaseSync) {
  return {
    insert: db.prepare('insert into event (position, body, reporter) values (?, ?, ?)'),
    remember: db.prepare(`
      insert into terminal (source, sequence, reported) values (?, ?, ?)
      on conflict (source) do update set
        sequence = max(sequence, excluded.sequence), reported = coalesce(excluded.reported, reported)`),
    forget: db.prepare('update terminal set reported = null where source = ?'),
    terminal: db.prepare('select sequence, reported from terminal where source = ?'),
    after: db.prepare('select position, body, reporter from event where position > ? order by position limit ?'),
    remove: db.prepare('delete from event where position between ? and ?'),
    drop: db.prepare(`
      delete from event where position in (select position from event where position > ? order by position limit ?)
      returning reporter`),
    refuse: db.prepare(`
      insert into refused (id, source, at, code, pointer, detail, body) values (?, ?, ?, ?, ?, ?, ?)`),
    trimRefused: db.prepare(`
      delete from refused where position <= (select position from refused order by position desc limit 1 offset ?)`),
    dropRefused: db.prepare(`
      delete from refused where position in (select position from refused order by position limit ?)`),
    refused: db.prepare('select id, source, at, code, pointer, detail, body from refused order by position desc'),
    count: db.prepare(`
      insert into tally (name, value) values (?, ?) on conflict (name) do update set value = value + excluded.value`),
    tally: db.prepare('select value from tally where name = ?'),
    used: db.prepare('select page_count - freelist_count as value from pragma_page_count, pragma_freelist_count'),
    free: db.prepare('pragma freelist_count'),
    size: db.prepare('select count(*) as value from event where position > ?'),
    move: db.prepare('update event set position = position + ?'),
    first: db.prepare('select min(position) as value from event'),
    last: db.prepare('select max(position) as value from event'),
  }
}
