/** What becomes of each event that was sent: valid and allowed, or refused for one reason. */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { Refusal } from '@tillsight/shared/events/refusal.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { postingRefusal } from '@tillsight/shared/registry/scope.ts'
import type { Origins } from '@tillsight/shared/registry/terminals.ts'
import type { Sent } from './decode.ts'
import { isEvent, validate } from './validate.ts'

/**
 * One result for each, in order.
 * @param now UTC milliseconds.
 */
export async function judge(
  sent: readonly Sent[],
  principal: Principal,
  origins: Origins,
  now: number,
): Promise<(TillEvent | Refusal)[]> {
  const results = sent.map((one) => validate(one, now))
  const known = await origins.of(results.filter(isEvent))
  let next = 0
  return results.map((result) => {
    if (!isEvent(result)) return result
    const origin = known[next++] ?? { providerId: undefined, registered: false }
    const code = postingRefusal(principal, result, origin)
    return code === undefined ? result : { code, pointer: '/source', detail: details[code] }
  })
}

const details = {
  source_not_allowed: 'this key may not post events of that source',
  unknown_terminal: 'the terminal is not registered; register it and send the event again',
}
