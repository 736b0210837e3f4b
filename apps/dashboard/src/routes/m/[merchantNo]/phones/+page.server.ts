import { error, type RequestEvent } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { terminalHealth } from '@tillsight/shared/metrics/terminal-health.ts'
import { listPhones, offerSetup, removePhone } from '@tillsight/shared/registry/phones.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { merchantIn } from '#server/merchant.ts'
import { localDay } from '#server/presets.ts'
import { qrPath } from '#server/qr-path.ts'
import { setupLink } from '../../../tap/setup-link.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const merchant = await shopIn(event)
  const { registry, events } = providedStores()
  const [phones, health] = await Promise.all([
    listPhones(registry, merchant),
    terminalHealth(events, merchant, Date.now()),
  ])
  return {
    timeZone: merchant.timeZone,
    phones: phones.map(({ setUpAt, ...phone }) => ({
      ...phone,
      setUpAt: setUpAt.toISOString(),
      lastEventAt: health.of(phone.terminalNo).lastEventAt,
    })),
  }
}

export const actions: Actions = {
  add: async (event) => {
    const merchant = await shopIn(event)
    const now = Date.now()
    const { secret, expiresAt } = await offerSetup(providedStores().registry, merchant, now)
    const link = setupLink(event.url.origin, secret)
    const code = { link, qr: qrPath(link), at: new Date(now).toISOString(), expiresAt: expiresAt.toISOString() }
    return { code }
  },
  remove: async (event) => {
    const merchant = await shopIn(event)
    const terminalNo = (await event.request.formData()).get('terminalNo')
    if (typeof terminalNo !== 'string') error(400)
    await removePhone(providedStores().registry, merchant, terminalNo, localDay(Date.now(), merchant.timeZone))
  },
}

type ShopEvent = Pick<RequestEvent, 'locals'> & { params: { merchantNo: string } }

/** The shop whose phones the visitor keeps. */
async function shopIn(event: ShopEvent): Promise<MerchantScope> {
  try {
    return await merchantIn(event, 'phones')
  } catch (reason) {
    if (reason instanceof Problem) error(reason.status)
    throw reason
  }
}
