/** One till of an outbox: what happens at it, in the words of the counter. */

import type { Abandoned, Declined, EventData, EventOptions, EventType, Report, Reversed, Succeeded } from './events.ts'
import type { Receipt } from './receipt.ts'
import { newsIn, type TerminalState } from './terminal-states.ts'

/** An event of any terminal of the outbox, for `recordAll`. */
export type Happening = {
  [T in EventType]: { terminal: Pick<Terminal, 'source'>; type: T; data: EventData[T] } & EventOptions
}[EventType]

interface Recorder {
  record(happening: Happening): Receipt
  state(source: string): TerminalState
}

/** From `outbox.terminal(…)`. Its methods record an event each: none throws, and all are on disk when they return. */
export class Terminal {
  readonly merchantNo: string
  readonly terminalNo: string
  readonly source: string
  readonly #recorder: Recorder

  /** @internal */
  constructor(merchantNo: string, terminalNo: string, recorder: Recorder) {
    if (!/^[0-9A-Za-z]{15}$/.test(merchantNo)) throw new RangeError('merchantNo must have 15 letters or digits')
    if (!/^[0-9A-Za-z]{8}$/.test(terminalNo)) throw new RangeError('terminalNo must have 8 letters or digits')
    this.merchantNo = merchantNo
    this.terminalNo = terminalNo
    this.source = `urn:terminal:${merchantNo}:${terminalNo}`
    this.#recorder = recorder
  }

  /** An attempt to pay was refused, or (`final: false`) is not decided yet. */
  declined(data: Declined, options?: EventOptions): Receipt {
    return this.#recorder.record({ terminal: this, type: 'tillsight.payment.declined', data, ...options })
  }

  /** Report all payments, by whatever method: only so it shows whether a refused customer stayed. */
  succeeded(data: Succeeded, options?: EventOptions): Receipt {
    return this.#recorder.record({ terminal: this, type: 'tillsight.payment.succeeded', data, ...options })
  }

  reversed(data: Reversed, options?: EventOptions): Receipt {
    return this.#recorder.record({ terminal: this, type: 'tillsight.payment.reversed', data, ...options })
  }

  abandoned(data: Abandoned, options?: EventOptions): Receipt {
    return this.#recorder.record({ terminal: this, type: 'tillsight.checkout.abandoned', data, ...options })
  }

  /** What this terminal can do now. */
  reported(data: Report, options?: EventOptions): Receipt {
    return this.#recorder.record({ terminal: this, type: 'tillsight.terminal.reported', data, ...options })
  }

  /**
   * As `reported`, with only what differs from what was reported before; undefined, and no event, where nothing does.
   * What was reported is remembered in the queue file, so it may be called at every start. A report that was refused or had
   * to make room is forgotten, and made again by the next call.
   */
  reportChanges(data: Report, options?: EventOptions): Receipt | undefined {
    const news = newsIn(data, this.#recorder.state(this.source).reported)
    return news === undefined ? undefined : this.reported(news, options)
  }
}
