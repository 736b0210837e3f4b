/** Keeps an open page true: asks for its figures again when something was committed, and each minute for the clock's sake. */

export type Connection = 'connecting' | 'live' | 'lost'

interface Follow {
  /** Of the server-sent events; without them figures are asked for by the clock alone. */
  address: string | undefined
  /** The mark of the figures that are shown; undefined where there are none. */
  shownMark: () => string | null | undefined
  /** Fetches the figures; resolves when they are shown. */
  refresh: () => Promise<void>
  say: (connection: Connection) => void
}

/** `open` turns into `unknown` with no event at all. */
const atLeastEveryMs = 60_000
const reopenAfterMs = 5_000

/** Returns what ends it. */
export function follow({ address, shownMark, refresh, say }: Follow): () => void {
  let source: EventSource | undefined
  let reopening: ReturnType<typeof setTimeout> | undefined
  let asking = false
  let askAgain = false
  let askedAt = Date.now()

  const ask = async (): Promise<void> => {
    askAgain = true
    // Nobody looks; `visibilitychange` asks.
    if (asking || document.hidden) return
    asking = true
    try {
      while (askAgain) {
        askAgain = false
        askedAt = Date.now()
        await refresh()
      }
    } finally {
      asking = false
    }
  }

  const open = (from: string): void => {
    const opened = new EventSource(from)
    source = opened
    opened.onopen = () => say('live')
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      // No commit yet is said with an empty mark.
      if (data !== (shownMark() ?? '')) void ask()
    }
    opened.onerror = () => {
      say('lost')
      // The browser reconnects by itself, unless it was refused. Then the figures are asked for: that leads to signing in.
      if (opened.readyState !== EventSource.CLOSED) return
      void ask()
      reopening = setTimeout(open, reopenAfterMs, from)
    }
  }

  const dueAgain = (): boolean => Date.now() - askedAt >= atLeastEveryMs
  const seen = (): void => {
    if (!document.hidden && (askAgain || dueAgain())) void ask()
  }
  const minute = setInterval(() => void ask(), atLeastEveryMs)
  document.addEventListener('visibilitychange', seen)
  if (address !== undefined) open(address)

  return () => {
    source?.close()
    clearTimeout(reopening)
    clearInterval(minute)
    document.removeEventListener('visibilitychange', seen)
  }
}
