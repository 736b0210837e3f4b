/** A phone opens the link that the shop showed it: `{ secret, device, earlierKey? }` → who it is from now on, with its key. */

import { failure, problem } from '@tillsight/shared/http/problem.ts'
import { setUpPhone } from '@tillsight/shared/registry/phones.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import type { RequestHandler } from './$types'

const longest = 512
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= longest

export const POST: RequestHandler = async ({ request }) => {
  try {
    const asked = (await request.json().catch(() => null)) as Record<string, unknown> | null
    const { secret, device, earlierKey } = asked ?? {}
    if (!isText(secret) || !isText(device)) return problem(400, 'Send the secret of the link and the kind of device.')
    const asPhone = { secret, device, earlierKey: isText(earlierKey) ? earlierKey : undefined }
    const identity = await setUpPhone(providedStores().registry, asPhone, Date.now())
    return identity === undefined ? problem(404, 'The link was used, or is too old.') : Response.json(identity)
  } catch (error) {
    // Whoever asks here wants no page, whatever they accept.
    return failure(error)
  }
}
