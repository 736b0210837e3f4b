/** Keeps what was refused, so that it can be looked at and replayed: named fields only, and so much of each key and no more. */

import type { Refusal } from '@tillsight/shared/events/refusal.ts'
import { namedFields } from '@tillsight/shared/events/named-fields.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { posterOf } from '@tillsight/shared/registry/scope.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import { heldOf, type Held } from '@tillsight/shared/store/quarantine.ts'
import type { QuarantineRow } from '@tillsight/shared/store/tables.ts'
import { hash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { largestEvent } from './event-size.ts'

/** Of one key: so that one that posts rubbish all day fills neither the disk nor anybody else's list. */
const mostOfAKey: Held = { entries: 10_000, bytes: 32 * 1024 * 1024 }

/** How long a count of what is held is believed, and how long one that says "full" is. */
const countedForMs = 10_000
const fullForMs = 1_000
const longestCountMs = 1_000
const remembered = 10_000

/** One refused event: what was sent, where it could be read at all, and why it was refused. */
export interface RefusedEvent {
  sent: unknown
  refusal: Refusal
}

/** What is kept of a request. */
export interface Kept {
  rows: readonly QuarantineRow[]
  /** How many there was no room for. */
  leftOut: number
  /** To be called when the rows are stored, or are not going to be. */
  settled: () => void
}

export const nothingKept: Kept = { rows: [], leftOut: 0, settled: () => {} }

export class Quarantine {
  readonly #store: EventStore
  /** By key. */
  readonly #rooms = new Map<string, Room>()

  constructor(store: EventStore) {
    this.#store = store
  }

  /** The rows to keep of what a key posted: all, or as many as there is room for. */
  async admit(refused: readonly RefusedEvent[], principal: Principal, receivedAt: number): Promise<Kept> {
    if (refused.length === 0) return nothingKept
    const room = this.#roomOf(principal)
    await room.count(countedForMs)
    // Events that are sent again were counted again, though they take no room: look before anything is left out.
    if (!room.hasFor({ entries: refused.length, bytes: 0 })) await room.count(fullForMs)
    return room.admit(refused, (one) => quarantineRow(one, principal, receivedAt))
  }

  #roomOf(principal: Principal): Room {
    const known = this.#rooms.get(principal.keyId)
    if (known !== undefined) return known
    if (this.#rooms.size >= remembered) this.#rooms.delete(this.#rooms.keys().next().value ?? '')
    const room = new Room(() => heldOf(this.#store, posterOf(principal), principal.keyId))
    this.#rooms.set(principal.keyId, room)
    return room
  }
}

const none: Held = { entries: 0, bytes: 0 }
const plus = (a: Held, b: Held): Held => ({ entries: a.entries + b.entries, bytes: a.bytes + b.bytes })
const minus = (a: Held, b: Held): Held => ({ entries: a.entries - b.entries, bytes: a.bytes - b.bytes })

/** What one key has in the quarantine: as counted in the store, and what was admitted since. Never less than there is. */
class Room {
  readonly #stored: () => Promise<Held>
  /** What was held when it was counted, less what had been admitted by then. */
  #base = none
  /** All that ever was. */
  #admitted = none
  /** Admitted, and not known to be stored yet. */
  #onTheWay = none
  #countedAt = -Infinity
  #counting: Promise<void> | undefined

  constructor(stored: () => Promise<Held>) {
    this.#stored = stored
  }

  /**
   * Resolves when the count is no older, or when it takes too long or fails: events do not wait behind somebody's figures. What
   * was counted before and admitted since still bounds it then.
   */
  async count(believedForMs: number): Promise<void> {
    if (Date.now() - this.#countedAt < believedForMs) return
    this.#counting ??= this.#count()
      .catch(() => {})
      .finally(() => (this.#counting = undefined))
    const late = new AbortController()
    await Promise.race([this.#counting, pause(longestCountMs, undefined, late).catch(() => {})])
    late.abort()
  }

  async #count(): Promise<void> {
    // The store may or may not count what is on its way now: rather twice than not at all.
    const before = minus(this.#onTheWay, this.#admitted)
    this.#base = plus(await this.#stored(), before)
    this.#countedAt = Date.now()
  }

  hasFor(load: Held): boolean {
    const { entries, bytes } = plus(plus(this.#base, this.#admitted), load)
    return entries <= mostOfAKey.entries && bytes <= mostOfAKey.bytes
  }

  /** Makes no row that there is no room for: rubbish may come in large numbers. */
  admit(refused: readonly RefusedEvent[], rowOf: (one: RefusedEvent) => QuarantineRow): Kept {
    const rows: QuarantineRow[] = []
    let admitted = none
    for (const one of refused) {
      if (!this.hasFor({ entries: 1, bytes: 0 })) break
      const row = rowOf(one)
      const load = { entries: 1, bytes: Buffer.byteLength(row.event) }
      if (!this.hasFor(load)) continue
      rows.push(row)
      this.#admitted = plus(this.#admitted, load)
      admitted = plus(admitted, load)
    }
    this.#onTheWay = plus(this.#onTheWay, admitted)
    return {
      rows,
      leftOut: refused.length - rows.length,
      settled: () => (this.#onTheWay = minus(this.#onTheWay, admitted)),
    }
  }
}

function quarantineRow({ sent, refusal }: RefusedEvent, principal: Principal, receivedAt: number): QuarantineRow {
  const fields = namedFields(sent)
  const { id, source } = fields
  const event = refusal.code === 'contains_card_number' ? 'null' : keptJson(fields)
  const names = typeof id === 'string' && typeof source === 'string' ? [source, id] : [randomUUID()]
  const poster = posterOf(principal)
  return {
    poster,
    id: hash('sha256', JSON.stringify([poster, refusal.code, refusal.pointer, event, ...names]), 'hex').slice(0, 32),
    keyId: principal.keyId,
    merchantNo: merchantOf(source),
    source: sourceKept(source, refusal),
    ...refusal,
    event,
    receivedAt,
    takenAt: 0,
  }
}

/** An event whose named fields alone are too large is kept without its data. */
function keptJson(fields: Record<string, unknown>): string {
  const { data: _data, ...envelope } = fields
  for (const kept of [fields, envelope]) {
    const json = JSON.stringify(kept)
    if (Buffer.byteLength(json) <= largestEvent) return json
  }
  return '{}'
}

const merchantOf = (source: unknown): string =>
  /^urn:terminal:([0-9A-Za-z]{15}):/.exec(typeof source === 'string' ? source : '')?.[1] ?? ''

/** As sent. But where something holds a card number, a source that names no terminal may hold it too. */
function sourceKept(source: unknown, { code }: Refusal): string {
  if (typeof source !== 'string' || source.length > 128) return ''
  return code === 'contains_card_number' && !/^urn:terminal:[0-9A-Za-z]{15}:[0-9A-Za-z]{8}$/.test(source) ? '' : source
}
