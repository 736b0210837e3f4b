/**
 * Server-sent events: the mark of the merchant's newest commit, at first and whenever it changes. A page whose figures have
 * another mark asks for them again. Ends when the key no longer opens the page.
 */

import { failure } from '@tillsight/shared/http/problem.ts'
import { merchantScope, type MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { watchCommits } from '#server/commits.ts'
import { merchantIn } from '#server/merchant.ts'
import { keyIn, visitorWith } from '#server/session.ts'
import type { RequestHandler } from './$types'

const heartbeatMs = 15_000
const checkKeyMs = 2_000

export const GET: RequestHandler = async (event) => {
  try {
    return marksOf(await merchantIn(event), keyIn(event.cookies))
  } catch (error) {
    // Whoever asks here wants no page, whatever they accept.
    return failure(error)
  }
}

function marksOf(merchant: MerchantScope, key: string | undefined): Response {
  const stillAllowed = async (): Promise<boolean> => {
    const visitor = await visitorWith(key)
    if (visitor === undefined) return false
    return (await merchantScope(providedStores().registry, visitor, merchant.merchantNo, 'read')) !== undefined
  }

  const endings: (() => void)[] = []
  const end = (): void => {
    for (const ending of endings.splice(0)) ending()
  }
  const every = (ms: number, act: () => void): void => {
    const timer = setInterval(act, ms)
    timer.unref()
    endings.push(() => clearInterval(timer))
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder()
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      // The first ending, so that nothing closes twice.
      endings.push(() => controller.close())
      send('retry: 1000\n\n')
      endings.push(watchCommits(merchant, (mark) => send(`data: ${mark ?? ''}\n\n`)))
      every(heartbeatMs, () => send(': still here\n\n'))
      // A registry that can't be asked proves nothing about the key, and so does not keep the page open either.
      every(checkKeyMs, () => void stillAllowed().then((allowed) => (allowed ? undefined : end()), end))
    },
    cancel() {
      endings.shift()
      end()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
