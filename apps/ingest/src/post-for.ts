/** Events that somebody who is signed in makes for a merchant's terminals: on the way of any other event from `validate` on. */

import type { PostFor } from '@tillsight/shared/stores.ts'
import { notStoredNow, type Ingest } from './receive.ts'
import { isEvent, validate } from './validate.ts'

/** Who may act for the merchant was decided when its scope was given (registry/scope.ts). What is sent here is made by us. */
export const posterFor =
  ({ limits, origins, committer }: Ingest): PostFor =>
  async (principal, merchant, sent) => {
    limits.admit(principal, 'requests', 1)
    limits.admit(principal, 'events', sent.length)
    const now = Date.now()
    const events = sent.map((value) => validate({ value }, now)).filter(isEvent)
    if (events.length < sent.length || events.some(({ merchantNo }) => merchantNo !== merchant.merchantNo)) {
      throw new Error('an event that is made here must be valid, and of the merchant')
    }
    let unstorable: readonly number[]
    try {
      await origins.markActive(events)
      unstorable = await committer.commit(events)
    } catch (error) {
      throw notStoredNow(error)
    }
    if (unstorable.length > 0) throw notStoredNow(new Error('the store can not take an event that is made here'))
  }
