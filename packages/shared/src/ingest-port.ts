/**
 * What the ingest of this process lends to the dashboard's server code: replaying what was refused, and how far it is behind.
 * On globalThis, for the reason that `stores.ts` gives.
 */

import type { Replay } from './store/quarantine.ts'

export interface IngestPort {
  replay: Replay
  /** How many received rows wait for their insert, and since when the oldest does, UTC milliseconds. */
  backlog(): { rows: number; since: number | undefined }
}

const slot = Symbol.for('tillsight.ingest')
type Slot = Record<symbol, IngestPort | undefined>

export const provideIngest = (port: IngestPort): void => {
  ;(globalThis as unknown as Slot)[slot] = port
}

export function providedIngest(): IngestPort {
  const port = (globalThis as unknown as Slot)[slot]
  if (port === undefined) throw new Error('provideIngest() must be called before the first request')
  return port
}
