/** What one sender may ask for, so that a till or a gateway gone mad leaves room for the others. */

import { Problem } from '@tillsight/shared/http/problem.ts'
import type { Room } from '@tillsight/shared/http/read-body.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

const duration = 10

/**
 * Of each key in ten seconds, in each process. A till makes a few events a minute, but one that comes back after a week sends
 * them all at once. A provider's gateway speaks for a hundred thousand tills.
 */
const till = { requests: 3_000, events: 100_000 }
const gateway = { requests: 300_000, events: 5_000_000 }

const limiters = ({ requests, events }: typeof till) => ({
  requests: new RateLimiterMemory({ points: requests, duration }),
  events: new RateLimiterMemory({ points: events, duration }),
})

export class RateLimits {
  readonly #till = limiters(till)
  readonly #gateway = limiters(gateway)

  /** Throws the 429 where the key has had its share. */
  async admit({ role, keyId }: Principal, what: 'requests' | 'events', count: number): Promise<void> {
    const limiter = (role === 'terminal' ? this.#till : this.#gateway)[what]
    try {
      await limiter.consume(keyId, count)
    } catch (refused) {
      const seconds = Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000))
      throw new Problem(
        429,
        `This key may send ${limiter.points} ${what} in ${duration} s. Nothing of this request was taken: send it again whole, later.`,
        { headers: { 'retry-after': String(seconds) } },
      )
    }
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
