/** What one sender may ask for, so that a till or a gateway gone mad leaves room for the others. */

import { Problem } from '@tillsight/shared/http/problem.ts'
import type { Room } from '@tillsight/shared/http/read-body.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'

const spanMs = 10_000

/**
 * Of each key in ten seconds, in each process. A till makes a few events a minute, but one that comes back after a week sends
 * them all at once; an owner who says why has one tap at a time. A provider's gateway speaks for a hundred thousand tills.
 */
const till = { requests: 3_000, events: 100_000 }
const gateway = { requests: 300_000, events: 5_000_000 }

type Counted = keyof typeof till

/** What a key has had of its span. */
interface Span extends Record<Counted, number> {
  until: number
}

export class RateLimits {
  readonly #spans = new Map<string, Span>()
  #sweptAt = 0

  /** Throws the 429 where the key has had its share. */
  admit({ role, keyId }: Principal, what: Counted, count: number): void {
    const now = performance.now()
    const most = (role === 'terminal' || role === 'merchant' ? till : gateway)[what]
    const span = this.#spanOf(keyId, now)
    span[what] += count
    if (span[what] <= most) return
    const seconds = Math.max(1, Math.ceil((span.until - now) / 1000))
    throw new Problem(
      429,
      `This key may send ${most} ${what} in ${spanMs / 1000} s. Nothing of this request was taken: send it again whole, later.`,
      { headers: { 'retry-after': String(seconds) } },
    )
  }

  #spanOf(keyId: string, now: number): Span {
    const open = this.#spans.get(keyId)
    if (open !== undefined && now < open.until) return open
    this.#sweep(now)
    const span = { requests: 0, events: 0, until: now + spanMs }
    this.#spans.set(keyId, span)
    return span
  }

  /** Forgets the keys that have gone silent. */
  #sweep(now: number): void {
    if (now < this.#sweptAt + spanMs) return
    this.#sweptAt = now
    for (const [keyId, { until }] of this.#spans) if (until <= now) this.#spans.delete(keyId)
  }
}

/** Of all bodies together, from their first byte to the answer: what a body becomes on its way weighs several times as much. */
const mostBytes = 64 * 1024 * 1024

/**
 * The bytes of bodies that are in hand. Most senders are slow, and a thousand of them may each hold a half-sent body: where
 * there is no more room, the body that has been arriving for the longest gives way.
 */
export class BytesInHand {
  #bytes = 0
  /** The oldest first. */
  readonly #shares = new Set<Share>()

  get bytes(): number {
    return this.#bytes
  }

  /** One request's share, to be released when it is answered. Its `take` throws the 503 where nobody can give way. */
  open(): Share {
    let taken = 0
    const share: Share = {
      take: (bytes) => {
        while (this.#bytes + bytes > mostBytes) this.#makeRoom(share)
        this.#bytes += bytes
        taken += bytes
      },
      release: () => {
        this.#bytes -= taken
        taken = 0
        this.#shares.delete(share)
      },
    }
    this.#shares.add(share)
    return share
  }

  #makeRoom(asking: Share): void {
    const reason = new Problem(503, 'Too much is being received at once. Send it again whole.', {
      headers: { 'retry-after': '1' },
    })
    for (const share of this.#shares) {
      // One that has arrived can't give way any more: it may be committed already.
      if (share.stop === undefined) continue
      if (share === asking) break
      share.stop(reason)
      share.release()
      return
    }
    throw reason
  }
}

interface Share extends Room {
  release: () => void
}
