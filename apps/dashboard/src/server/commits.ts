/** Tells pages when something of their merchant was committed. One question to the store, however many pages are open. */

import { newestCommits, type CommitMark } from '@tillsight/shared/metrics/newest-commit.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

/** A page shows a commit within 2 s: half a second to hear of it, the rest to fetch and draw on a slow phone. */
const askEveryMs = 500
/** Where this process hears of every insert, it looks whether there was one: that costs nothing, and an answer 20 ms of CPU. */
const lookEveryMs = 50

type Listener = (mark: CommitMark) => void

interface Watch {
  merchant: MerchantScope
  listeners: Set<Listener>
  /** Undefined until the store has answered once. */
  mark: CommitMark | undefined
}

const watches = new Map<string, Watch>()
let timer: NodeJS.Timeout | undefined
let asking = false
let askedAt = -Infinity
/** As of the last answer. */
let inserts: number | undefined

/** Calls `listener` with the mark of the newest commit, as soon as it is known and whenever it changes. Returns what ends it. */
export function watchCommits(merchant: MerchantScope, listener: Listener): () => void {
  const { merchantNo } = merchant
  const watch: Watch = watches.get(merchantNo) ?? { merchant, listeners: new Set(), mark: undefined }
  watches.set(merchantNo, watch)
  watch.listeners.add(listener)
  if (watch.mark !== undefined) listener(watch.mark)
  if (timer === undefined) {
    timer = setInterval(() => void look(), lookEveryMs)
    // A process that has nothing else to do may end.
    timer.unref()
  }
  return () => {
    watch.listeners.delete(listener)
    if (watch.listeners.size === 0) watches.delete(merchantNo)
    if (watches.size > 0) return
    clearInterval(timer)
    timer = undefined
    askedAt = -Infinity
  }
}

async function look(): Promise<void> {
  if (asking || performance.now() - askedAt < askEveryMs) return
  const { events } = providedStores()
  const insertsNow = events.inserts
  const asked = [...watches.values()]
  const isNews = insertsNow === undefined || insertsNow !== inserts
  if (!isNews && asked.every(({ mark }) => mark !== undefined)) return
  asking = true
  askedAt = performance.now()
  try {
    const marks = await newestCommits(
      events,
      asked.map(({ merchant }) => merchant),
    )
    inserts = insertsNow
    for (const watch of asked) {
      const mark = marks.get(watch.merchant.merchantNo) ?? null
      if (mark === watch.mark) continue
      watch.mark = mark
      for (const listener of watch.listeners) listener(mark)
    }
  } catch {
    // The store is away for a moment; the next answer is compared with what was known before.
  } finally {
    asking = false
  }
}
