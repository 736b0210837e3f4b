/** Notices when commits begin to fail and when they work again: for the log, and for `/readyz`. */

import { log } from '@tillsight/shared/log.ts'
import { remedyFor } from '@tillsight/shared/store/insert-error.ts'
import type { InsertReport } from './commit.ts'

/** After this long without an insert nobody knows any more; a probe may say that all is well. */
const believedForMs = 10_000
/** While it goes on failing. */
const toldEveryMs = 60_000

export class CommitWatch {
  #failedAt: number | undefined
  #toldAt = -Infinity

  /** Whether the newest commit failed, not long ago. */
  get failing(): boolean {
    return this.#failedAt !== undefined && Date.now() - this.#failedAt < believedForMs
  }

  inserted({ rows, error }: InsertReport): void {
    if (error === undefined) {
      if (this.#failedAt !== undefined) log.info({ rows }, 'events are committed again')
      this.#failedAt = undefined
      this.#toldAt = -Infinity
      return
    }
    this.#failedAt = Date.now()
    if (this.#failedAt - this.#toldAt < toldEveryMs) return
    this.#toldAt = this.#failedAt
    const remedy = remedyFor(error)
    log.error({ rows, remedy, error }, 'events can not be committed; their senders were told to send them again')
  }
}
