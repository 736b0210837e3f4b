/** Tells pages when something of a merchant was committed. One question for each merchant, however many look on. */

import { newestCommit } from '@tillsight/shared/metrics/newest-commit.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

/** A commit shows within 2 s: this long until it is noticed, and the rest to ask for the figures and draw them. */
const askEveryMs = 400

type Listener = (mark: string) => void

interface Watch {
  listeners: Set<Listener>
  /** Of the newest commit; undefined until the store has answered once. */
  mark: string | undefined
  timer: NodeJS.Timeout
}

const watches = new Map<string, Watch>()

/** Calls `listener` with the mark of the newest commit, now and after every further one. Returns what ends it. */
export function watchCommits(merchant: MerchantScope, listener: Listener): () => void {
  const { merchantNo } = merchant
  const watch = watches.get(merchantNo) ?? begin(merchant)
  watches.set(merchantNo, watch)
  watch.listeners.add(listener)
  if (watch.mark !== undefined) listener(watch.mark)
  return () => {
    watch.listeners.delete(listener)
    if (watch.listeners.size > 0) return
    clearInterval(watch.timer)
    if (watches.get(merchantNo) === watch) watches.delete(merchantNo)
  }
}

function begin(merchant: MerchantScope): Watch {
  let asking = false
  const ask = async (): Promise<void> => {
    if (asking) return
    asking = true
    try {
      const { mark } = await newestCommit(providedStores().events, merchant)
      if (mark === watch.mark) return
      watch.mark = mark
      for (const listener of watch.listeners) listener(mark)
    } catch {
      // The store is away for a moment; the next answer is compared with what was known before.
    } finally {
      asking = false
    }
  }
  const watch: Watch = { listeners: new Set(), mark: undefined, timer: setInterval(() => void ask(), askEveryMs) }
  watch.timer.unref()
  void ask()
  return watch
}
