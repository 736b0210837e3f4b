/** Why an event was not recorded: mend what was passed, or open the outbox again. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly code: 'too_large' | 'not_json' | 'invalid_time' | 'closed'

  constructor(code: RecordError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * What became of an event. `durable` is false where the disk failed and the event waits in memory: it is sent, unless the
 * process ends before.
 */
export type Receipt =
  { recorded: true; durable: boolean; id: string; sequence: number } | { recorded: false; error: RecordError }
