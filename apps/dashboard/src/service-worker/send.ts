/** Sends what the cashier's page has left, where it is closed when the line comes back. */

import { BrowserOutbox } from '@tillsight/terminal/browser-outbox.ts'
import { BrowserStore } from '@tillsight/terminal/browser-store.ts'
import { tapped, type Counter } from '../routes/tap/counter.ts'
import { databaseName, notes, senderLock, terminalOf, type Identity } from '../routes/tap/identity.ts'

const withinMs = 20_000

/** Throws where not everything could be sent: the browser then reminds again. */
export async function sendWhatWaits(): Promise<void> {
  await navigator.locks.request(senderLock, { steal: true }, async () => {
    const store = new BrowserStore(databaseName)
    const identity = await store.note<Identity>(notes.identity)
    if (identity === undefined) return
    const { key } = identity
    const terminal = terminalOf(identity)
    const now = Date.now()
    const send = (counter: Counter = {}) =>
      tapped(counter, { tap: 'send', of: counter.told?.checkoutId ?? '' }, now, terminal)
    await store.advance(notes.counter, send, now)
    const outbox = await BrowserOutbox.open({ store, url: location.origin, key, onChange: () => {} })
    try {
      await outbox.sendAll(withinMs)
    } finally {
      await outbox.close()
      await store.close()
    }
  })
}
