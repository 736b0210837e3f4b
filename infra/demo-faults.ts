/** What is wrong with the demo's fleet, so that its provider's page has something to point at: one terminal of each kind. */

import { dayAfter, midnightOf, timestamp, MINUTE, type Day } from '@tillsight/market/calendar.ts'
import { sourceOf, type UnnumberedEvent } from '@tillsight/market/events.ts'
import type { Merchant } from '@tillsight/market/market.ts'
import type { Call } from './api.ts'

/** All that is older comes in one go: of a habit that ended lately nothing can be told yet. */
const silentDays = 35
/** Less than the ingest refuses. */
const aheadMs = 4 * MINUTE

const unregisteredNo = '10000099'

interface Faults {
  /** The event as its faulty till sends it; undefined: it doesn't. */
  sent(event: UnnumberedEvent): UnnumberedEvent | undefined
  /** Two terminals with one serial number, and what one says that is not registered. */
  plant(call: Call): Promise<void>
}

/** @param shops of at least four terminals; none that somebody looks at as its owner. */
export function faultsOf(shops: readonly Merchant[], today: Day): Faults {
  const tills = shops.flatMap(({ merchantNo, terminals }) =>
    terminals.map(({ terminalNo, record }) => ({ merchantNo, terminalNo, record })),
  )
  const [silent, ahead, original, copy] = tills.slice(-4)
  if (silent === undefined || ahead === undefined || original === undefined || copy === undefined)
    throw new RangeError('shops: too few terminals')
  const [silentSource, aheadSource] = [silent, ahead].map((till) => sourceOf(till.merchantNo, till.terminalNo))
  const silentSince = midnightOf(dayAfter(today, -silentDays))
  return {
    sent(event) {
      if (event.source === silentSource) return Date.parse(event.time) < silentSince ? event : undefined
      if (event.source !== aheadSource) return event
      return { ...event, time: timestamp(Date.parse(event.time) + aheadMs) }
    },
    async plant(call) {
      const path = `/api/v1/merchants/${copy.merchantNo}/terminals/${copy.terminalNo}`
      await call('PUT', path, { ...copy.record, serialNo: original.record.serialNo })
      const reports = [sourceOf(original.merchantNo, unregisteredNo), aheadSource].map((source) => ({
        specversion: '1.0',
        id: 'first-contact',
        source,
        type: 'tillsight.terminal.reported',
        time: timestamp(Date.now() + (source === aheadSource ? aheadMs : 0)),
        data: { methods: [{ method: 'WECHAT', state: 'open' }] },
      }))
      await call('POST', '/v1/events', reports, 'application/cloudevents-batch+json')
    },
  }
}
