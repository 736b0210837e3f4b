/** What can still be read of a damaged queue file. */

import { DatabaseSync } from 'node:sqlite'

export interface Salvaged {
  events: { position: number; body: string; reporter: string | null }[]
  /** The last number of each terminal, as far as it was found. */
  numbers: ReadonlyMap<string, number>
  /** Every terminal's last number was found. */
  knowsNumbers: boolean
}

export function salvage(path: string): Salvaged {
  const events = new Map<number, Salvaged['events'][number]>()
  const numbers = new Map<string, number>()
  const raise = (source: string, to: number) => numbers.set(source, Math.max(to, numbers.get(source) ?? 0))
  let knowsNumbers = false
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 0 })
    // From both ends: a damaged page stops either way.
    for (const order of ['asc', 'desc']) {
      for (const { position, body } of readable(db, `select position, body from event order by position ${order}`)
        .rows) {
        const event = wholeEvent(body)
        if (event === undefined || !Number.isSafeInteger(position)) continue
        raise(event.source, Number(event.sequence))
        // Whether a report was among them is read from the event itself: one source of truth fewer to trust.
        const reporter = event.type === 'tillsight.terminal.reported' ? event.source : null
        events.set(Number(position), { position: Number(position), body: String(body), reporter })
      }
    }
    const { rows, whole } = readable(db, 'select source, sequence from terminal')
    for (const { source, sequence } of rows) raise(String(source), Number(sequence))
    knowsNumbers = whole
  } catch {
    // Not even a database any more.
  }
  close(db)
  return { events: [...events.values()].sort((a, b) => a.position - b.position), numbers, knowsNumbers }
}

function readable(db: DatabaseSync, sql: string): { rows: Record<string, unknown>[]; whole: boolean } {
  const rows: Record<string, unknown>[] = []
  try {
    for (const row of db.prepare(sql).iterate()) rows.push(row)
    return { rows, whole: true }
  } catch {
    return { rows, whole: false }
  }
}

interface Wire {
  type: string
  source: string
  sequence: string
}

function wholeEvent(body: unknown): Wire | undefined {
  try {
    const event = JSON.parse(String(body)) as Wire
    return typeof event.source === 'string' && /^\d+$/.test(event.sequence) ? event : undefined
  } catch {
    return undefined
  }
}

function close(db: DatabaseSync | undefined): void {
  try {
    db?.close()
  } catch {
    // Nothing of it is needed any more.
  }
}
