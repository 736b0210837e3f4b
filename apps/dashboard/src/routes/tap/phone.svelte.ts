/** The phone as the page sees it: what it keeps, what it is in the middle of, and what waits to be sent. */

import { BrowserOutbox, type BrowserOutboxStatus } from '@tillsight/terminal/browser-outbox.ts'
import { BrowserStore } from '@tillsight/terminal/browser-store.ts'
import { tapped, undoMs, type Counter, type Tap } from './counter.ts'
import { databaseName, notes, reminder, senderLock, terminalOf, type Identity } from './identity.ts'

/** Keys alone may be lost with the power; what they make is written with care. */
const lightTaps = new Set<Tap['tap']>(['key', 'back'])

const nothingWaits: BrowserOutboxStatus = { queued: 0, early: 0, problems: [] }

export class Phone {
  /** `unknown`: not set up. `broken`: the browser lets nothing be kept. */
  state = $state<'starting' | 'unknown' | 'ready' | 'broken'>('starting')
  identity = $state.raw<Identity>()
  counter = $state.raw<Counter>({})
  sending = $state.raw(nothingWaits)
  /** How many events were refused for good. */
  refused = $state(0)
  /** The last tap could not be kept. */
  failed = $state(false)

  readonly #store = new BrowserStore(databaseName)
  /** Between the windows of this browser that have the page open. */
  readonly #windows = new BroadcastChannel(databaseName)
  #outbox: BrowserOutbox | undefined
  #sendTimer: ReturnType<typeof setTimeout> | undefined

  async start(): Promise<void> {
    this.#windows.onmessage = () => void this.#lookAgain()
    try {
      if (!isSecureContext) throw new Error('not by https')
      this.identity = await this.#store.note<Identity>(notes.identity)
      this.counter = (await this.#store.note<Counter>(notes.counter)) ?? {}
      this.state = this.identity === undefined ? 'unknown' : 'ready'
    } catch {
      this.state = 'broken'
      return
    }
    if (this.identity === undefined) return
    this.#sendInTime()
    this.#takeTurn()
  }

  /** Set up, or set up again. */
  async become(identity: Identity): Promise<void> {
    await this.#store.keep(notes.identity, identity)
    void askToKeep()
    await this.start()
  }

  /** Shows what the tap comes to when that is kept. */
  async tap(tap: Tap): Promise<void> {
    const { identity } = this
    if (identity === undefined) return
    const now = Date.now()
    const step = (counter: Counter = {}) => tapped(counter, tap, now, terminalOf(identity))
    try {
      const kept = await this.#store.advance(notes.counter, step, now, lightTaps.has(tap.tap) ? 'relaxed' : 'strict')
      this.counter = kept.note ?? {}
      this.failed = false
      this.#windows.postMessage(null)
      this.#sendInTime()
      if (kept.queued.length === 0) return
      if (this.#outbox === undefined) this.#takeTurn()
      else this.#outbox.add(kept.queued)
      this.#refresh()
      if (!navigator.onLine) await this.#askToBeWoken()
    } catch {
      this.failed = true
    }
  }

  tryNow(): void {
    this.#outbox?.tryNow()
  }

  /** In sight again: another window may have gone on meanwhile. */
  async show(): Promise<void> {
    if (this.state === 'broken' || this.#outbox === undefined) return this.start()
    await this.#lookAgain()
    this.tryNow()
  }

  /** Out of sight, and perhaps never seen again. */
  async hide(): Promise<void> {
    const { told } = this.counter
    if (told !== undefined) await this.tap({ tap: 'send', of: told.checkoutId })
    if (this.sending.queued > 0) await this.#askToBeWoken()
  }

  async #lookAgain(): Promise<void> {
    this.counter = (await this.#store.note<Counter>(notes.counter)) ?? {}
    this.#sendInTime()
    this.#refresh()
  }

  /** What was told is sent when it can't be taken back any more, also where the page was closed in between. */
  #sendInTime(): void {
    clearTimeout(this.#sendTimer)
    const { told } = this.counter
    if (told === undefined) return
    // A clock that was set back keeps nobody waiting.
    const left = Math.min(undoMs, Math.max(0, told.toldAt + undoMs - Date.now()))
    this.#sendTimer = setTimeout(() => void this.tap({ tap: 'send', of: told.checkoutId }), left)
  }

  /** The window in use is the one that sends. Another one that did gives way. */
  #takeTurn(): void {
    const { identity } = this
    if (identity === undefined) return
    let outbox: BrowserOutbox | undefined
    const turn = navigator.locks.request(senderLock, { steal: true }, async () => {
      const { key } = identity
      const [opened] = await Promise.all([
        BrowserOutbox.open({
          store: this.#store,
          url: location.origin,
          key,
          onChange: () => this.#outbox === opened && this.#sent(),
        }),
        this.#outbox?.close(0),
      ])
      this.#outbox = outbox = opened
      this.#refresh()
      // Held for as long as the page lives.
      await new Promise(() => {})
    })
    turn.catch(() => {
      if (this.#outbox === outbox) this.#outbox = undefined
      void outbox?.close(0)
    })
  }

  /** Tells the other windows too. */
  #sent(): void {
    this.#windows.postMessage(null)
    this.#refresh()
  }

  #refresh(): void {
    if (this.#outbox !== undefined) this.sending = this.#outbox.status()
    else void this.#showWaiting()
    void this.#store.refused().then((refused) => (this.refused = refused.length))
  }

  /** Another window sends. */
  async #showWaiting(): Promise<void> {
    const { length } = await this.#store.queued()
    if (this.#outbox === undefined) this.sending = { ...nothingWaits, queued: length }
  }

  /** Where the browser can: the service worker sends when there is a line, also when the page is gone. */
  async #askToBeWoken(): Promise<void> {
    try {
      const registration = await navigator.serviceWorker.ready
      await (registration as { sync?: { register(name: string): Promise<void> } }).sync?.register(reminder)
    } catch {
      // Then the page sends when it is opened again.
    }
  }
}

/** Not to be cleared away when room is short. Older browsers have no such promise, others ask the person first. */
async function askToKeep(): Promise<void> {
  try {
    await navigator.storage.persist()
  } catch {
    // Then it is kept for as long as the browser likes.
  }
}
