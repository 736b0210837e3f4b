/** What sending asks of a queue, wherever that keeps its events: a file, or a browser's storage. */

import type { Refusal } from './answer.ts'
import type { Queued } from './queue-store.ts'
import type { RefusedEvent } from './refused-event.ts'

export interface QueueToSend {
  /** How many wait that were not claimed. */
  readonly waiting: number
  /** How many wait or are on their way. */
  readonly size: number
  /** The next events in order, as many as fit; they are given out once. */
  claim(mostEvents: number, mostBytes: number): Queued[]
  /** The ingest has dealt with these, a run of what was claimed. Gives the refused among them. */
  settle(batch: readonly Queued[], refused: ReadonlyMap<number, Refusal>): RefusedEvent[]
}
