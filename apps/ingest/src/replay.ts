/** Replays quarantined events: each is judged again as if it came now, and what is accepted leaves the list. */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import type { EventStore } from '@tillsight/shared/store/connect.ts'
import {
  quarantined,
  takeOut,
  type Place,
  type QuarantineEntry,
  type Replay,
  type Replayed,
} from '@tillsight/shared/store/quarantine.ts'
import { judge } from './judge.ts'
import { notStoredNow, type Ingest } from './receive.ts'

const entriesAtOnce = 1_000

/**
 * Replays the entries of the scope that the filter names, with the rights of the principal. An event is committed before its
 * entry goes, so whatever happens in between, it is there once and can be replayed again.
 */
export const replayer =
  (ingest: Ingest, store: EventStore): Replay =>
  async (principal, scope, filter) => {
    const total: Replayed = { accepted: 0, stillRefused: 0 }
    let after: Place | undefined
    for (;;) {
      const entries = await quarantined(store, scope, filter, after, entriesAtOnce)
      const accepted = await accept(ingest, store, principal, entries)
      total.accepted += accepted.length
      total.stillRefused += entries.length - accepted.length
      after = entries.at(-1)
      if (entries.length < entriesAtOnce) return total
    }
  }

/** Commits what is acceptable now and takes its entries out; gives those. */
async function accept(
  ingest: Ingest,
  store: EventStore,
  principal: Principal,
  entries: QuarantineEntry[],
): Promise<QuarantineEntry[]> {
  const now = Date.now()
  const sent = entries.map(({ event }) => ({ value: JSON.parse(event) as unknown }))
  const results = await judge(sent, principal, ingest.origins, now)
  const entryOf = new Map<TillEvent, QuarantineEntry>()
  results.forEach((result, i) => {
    if (!('code' in result)) entryOf.set(result, entries[i] as QuarantineEntry)
  })
  const events = [...entryOf.keys()]
  try {
    await ingest.origins.markActive(events)
    for (const index of await ingest.committer.commit(events)) entryOf.delete(events[index] as TillEvent)
    if (entryOf.size > 0) await takeOut(store, [...entryOf.values()])
  } catch (error) {
    throw notStoredNow(error)
  }
  return [...entryOf.values()]
}
