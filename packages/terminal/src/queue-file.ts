/**
 * The queue's file: an SQLite database that one process has to itself, where a commit survives power loss (write-ahead log,
 * synced at every commit). It takes the bytes it is given and no more.
 */

import { existsSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { salvage } from './salvage.ts'

/** Another process, or another outbox of this one, has the queue file open. Give each its own file. */
export class OutboxInUse extends Error {
  override readonly name = 'OutboxInUse'
}

/** The file is a database, but no queue. It was not touched. */
export class NotAQueue extends Error {
  override readonly name = 'NotAQueue'
}

/** Where a damaged file is moved to. */
export const aside = '.damaged'

const pageBytes = 4096
const logPages = 256
/** For the write-ahead log, which may hold its pages and a transaction besides. */
const logBytes = 2 * 1024 * 1024
/** For one transaction, before it has made room for itself. */
const slackPages = 192

export const smallestFile = 8 * 1024 * 1024

/** How many pages the queue may fill before the oldest make room. */
export const pagesIn = (maxBytes: number): number => Math.floor((maxBytes - logBytes) / pageBytes) - slackPages

const sqlite = { busy: 5, corrupt: 11, notADatabase: 26 } as const
/** "Till" */
const applicationId = 0x54696c6c

const schema = `
  create table event (position integer primary key, body text not null, reporter text) strict;
  create table terminal (source text primary key, sequence integer not null, reported text) strict, without rowid;
  create table refused (
    position integer primary key, id text not null, source text not null, at integer not null,
    code text not null, pointer text not null, detail text not null, body text
  ) strict;
  create table tally (name text primary key, value integer not null) strict, without rowid;
`

export interface QueueFile {
  db: DatabaseSync
  /** How many events could be read of a damaged file, where this one takes its place. */
  salvaged?: number
}

/**
 * Opens the file, or begins it. A damaged one is moved aside first, and what can be read of it goes into the new one.
 * @throws OutboxInUse, NotAQueue, or SQLite's error where the file can't be had at all.
 */
export function openQueueFile(path: string, maxBytes: number): QueueFile {
  try {
    return openSound(path, maxBytes)
  } catch (error) {
    if (!isDamage(error)) throw error
    setAside(path)
    return openSound(path, maxBytes)
  }
}

function openSound(path: string, maxBytes: number): QueueFile {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    // The lock is taken by what reads next and kept to the end; the log's index then needs no file of its own.
    db.exec('pragma locking_mode = exclusive')
    const found = pragma(db, 'application_id')
    const isNew = pragma(db, 'schema_version') === 0
    if (found !== applicationId && !isNew) throw new NotAQueue(`${path} is a database, but no queue`)
    db.exec(`
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma wal_autocheckpoint = ${logPages};
      pragma journal_size_limit = ${logPages * pageBytes};
      pragma max_page_count = ${pagesIn(maxBytes) + slackPages};
    `)
    db.exec('begin exclusive')
    const salvaged = isNew ? begin(db, path) : undefined
    db.exec('commit')
    if (!isNew) check(db)
    return salvaged === undefined ? { db } : { db, salvaged }
  } catch (error) {
    db.close()
    if (codeOf(error) === sqlite.busy) throw new OutboxInUse(`${path} is in use by another outbox`, { cause: error })
    throw error
  }
}

/** One transaction with what is salvaged: a crash in between leaves the file new, and it is salvaged again. */
function begin(db: DatabaseSync, path: string): number | undefined {
  db.exec(`${schema}; pragma application_id = ${applicationId}`)
  if (!existsSync(path + aside)) return undefined
  const { events, numbers, knowsNumbers } = salvage(path + aside)
  const insert = db.prepare('insert into event (position, body, reporter) values (?, ?, ?)')
  for (const { position, body, reporter } of events) insert.run(position, body, reporter)
  const number = db.prepare('insert into terminal (source, sequence) values (?, ?)')
  for (const [source, sequence] of numbers) number.run(source, sequence)
  if (!knowsNumbers)
    db.prepare(`insert into tally (name, value) values ('numbersFrom', ?)`).run(numbersFrom(Date.now()))
  return events.length
}

/**
 * Where a terminal begins to count whose last number is lost. Counting up by one an event, no till has come as far as the
 * seconds since 1970: so no number is used twice, and the jump shows as numbers missing, as some may be.
 */
export const numbersFrom = (now: number): number => Math.floor(now / 1_000)

/** Finds damage at the start rather than in the middle of a sale. */
function check(db: DatabaseSync): void {
  const found = db.prepare('pragma quick_check(1)').get()?.['quick_check']
  if (found !== 'ok') throw Object.assign(new Error('the queue file is damaged'), { errcode: sqlite.corrupt })
}

const pragma = (db: DatabaseSync, name: string): number => Number(db.prepare(`pragma ${name}`).get()?.[name])

export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === sqlite.corrupt || code === sqlite.notADatabase
}

/** SQLite's primary result code. */
function codeOf(error: unknown): number | undefined {
  const extended: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof extended === 'number' ? extended & 0xff : undefined
}

/** Moves a damaged file, with its log, out of the way. One is kept: the newest. */
function setAside(path: string): void {
  for (const suffix of ['', '-wal', '-journal']) {
    rmSync(path + aside + suffix, { force: true })
    if (existsSync(path + suffix)) renameSync(path + suffix, path + aside + suffix)
  }
}
