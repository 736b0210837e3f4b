/** Sends what the cashier's page has left, where it is closed when the line comes back. */

import { BrowserOutbox } from '@tillsight/terminal/browser-outbox.ts'
import { BrowserStore } from '@tillsight/terminal/browser-store.ts'
import { tapped, type Counter } from '../routes/tap/counter.ts'
import { databaseName, notes, senderLock, terminalOf, type Identity } from '../routes/tap/identity.ts'

const withinMs = 20_000

/** Throws where not everything could be sent, or a page was opened meanwhile: the browser then reminds again. */
export async function sendWhatWaits(): Promise<void> {
  const store = new BrowserStore(databaseName)
  let outbox: BrowserOutbox | undefined
  const send = async () => {
    const identity = await store.note<Identity>(notes.identity)
    if (identity === undefined) return
    const { key } = identity
    const terminal = terminalOf(identity)
    const now = Date.now()
    const sendTold = (counter: Counter = {}) =>
      tapped(counter, { tap: 'send', of: counter.told?.checkoutId ?? '' }, now, terminal)
    await store.advance(notes.counter, sendTold, now)
    outbox = await BrowserOutbox.open({ store, url: location.origin, key, onChange: () => {} })
    await outbox.sendAll(withinMs)
  }
  try {
    await navigator.locks.request(senderLock, { steal: true }, send)
  } finally {
    await outbox?.close(0)
    await store.close()
  }
}
