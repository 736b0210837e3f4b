/** What the application should know. Each trouble is told once when it begins; `open` says which of them last. */

export type ProblemKind =
  /** No answer, or one that says later. Everything is kept; tried again by itself. */
  | 'server_away'
  /** The key is unknown, revoked, or may not post. Everything is kept; issue another key. Tried again slowly. */
  | 'key_refused'
  /** Something answers that isn't Tillsight's ingest, or speaks otherwise: a proxy, a portal, a wrong URL. Everything is kept. */
  | 'answer_unreadable'
  /** The queue can't be written: disk full, read-only, no such folder. Events wait in memory and are lost with the process. */
  | 'disk'
  /** The queue file was damaged. It lies beside the new one, which has what could be read of it. */
  | 'queue_damaged'
  /** The queue is full: the oldest events make room, and their numbers will be missing. */
  | 'queue_full'

export interface Problem {
  kind: ProblemKind
  /** For an operator's log. Holds neither the key nor anything of an event. */
  message: string
}

export class Problems {
  readonly #tell: (problem: Problem) => void
  readonly #open = new Map<ProblemKind, Problem>()

  constructor(tell: (problem: Problem) => void) {
    this.#tell = tell
  }

  raise(kind: ProblemKind, message: string): void {
    const isNew = !this.#open.has(kind)
    this.#open.set(kind, { kind, message })
    if (isNew) later(this.#tell, { kind, message })
  }

  /** Told, and over. */
  mention(kind: ProblemKind, message: string): void {
    later(this.#tell, { kind, message })
  }

  clear(...kinds: ProblemKind[]): void {
    for (const kind of kinds) this.#open.delete(kind)
  }

  get open(): Problem[] {
    return [...this.#open.values()]
  }
}

/**
 * Calls back outside of what goes on: a callback that is slow or throws must not reach into a sale. In Node before anything that
 * the disk or the line answers later, so that who closes the outbox has been told all.
 */
export function later<T>(tell: (value: T) => void, value: T): void {
  const run = () => {
    try {
      tell(value)
    } catch {
      // The application's own; there is nobody left to tell.
    }
  }
  // A browser has no setImmediate.
  if (typeof setImmediate === 'function') setImmediate(run)
  else setTimeout(run, 0)
}
