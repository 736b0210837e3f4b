/** A provider's fleet as it is now: how much of it reports, and what is wrong with which terminal. */

import { fleetHealth, heardWithinMs, lastHeard } from '@tillsight/shared/metrics/fleet-health.ts'
import { listedMerchants } from '@tillsight/shared/registry/fleet.ts'
import { merchantsOf, type ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import { localDay } from '#server/presets.ts'
import { remembered } from '#server/remembered.ts'
import { faultLists, serialRows, unheard, type FaultLists, type FleetRow } from './rows.ts'

export interface Fleet {
  /** RFC 3339. */
  asOf: string
  /** Terminals that are not retired, and those of them that were heard in the last 24 hours. */
  terminals: number
  heardToday: number
  /** When the newest event arrived; null where there is none in 30 days. */
  newestArrival: string | null
  /** Terminals that handed over history in the last 7 days, which is not taken for late. */
  withHistory: number
  /** Who was not heard for so long is found by its last event alone. */
  quietDays: number
  lists: FaultLists
}

const day = 24 * 3_600_000

const remember = remembered<Fleet>(30_000, 4)

export const readFleet = (provider: ProviderScope): Promise<Fleet> =>
  remember(providedStores().events, provider.providerId, () => fleetAt(providedStores(), provider, Date.now()))

async function fleetAt(
  { events, registry }: Pick<Stores, 'events' | 'registry'>,
  provider: ProviderScope,
  now: number,
): Promise<Fleet> {
  const [merchants, records] = await Promise.all([merchantsOf(registry, provider), listedMerchants(registry, provider)])
  const heard = merchants.length === 0 ? [] : await fleetHealth(events, merchants, now)
  const known = new Map(heard.map((one) => [`${one.merchantNo} ${one.terminalNo}`, one]))

  const zones = new Set(records.map(({ timeZone }) => timeZone))
  const todayIn = new Map([...zones].map((timeZone) => [timeZone, localDay(now, timeZone)]))
  const isInUse = ({ retiredOn, timeZone }: { retiredOn: string | null; timeZone: string }): boolean =>
    retiredOn === null || (todayIn.get(timeZone) ?? '') < retiredOn
  const terminals = records.flatMap(({ merchantNo, name, timeZone, terminals: its }) =>
    its.map((terminal) => ({ ...terminal, merchantNo, name, timeZone })),
  )
  const inUse = terminals.filter(isInUse)
  const quiet = new Set(
    inUse
      .filter(({ merchantNo, terminalNo }) => !known.has(`${merchantNo} ${terminalNo}`))
      .map(({ merchantNo }) => merchantNo),
  )
  const last = await lastHeard(
    events,
    merchants.filter(({ merchantNo }) => quiet.has(merchantNo)),
  )

  let heardToday = 0
  let newest = 0
  const rows = inUse.map((of): FleetRow => {
    const key = `${of.merchantNo} ${of.terminalNo}`
    const one = known.get(key)
    if (one === undefined) return unheard(of, last.get(key) ?? null)
    const { lastArrivedAt, ...told } = one
    if (lastArrivedAt > now - day) heardToday += 1
    newest = Math.max(newest, lastArrivedAt)
    return { ...told, name: of.name }
  })
  return {
    asOf: new Date(now).toISOString(),
    terminals: rows.length,
    heardToday,
    newestArrival: newest === 0 ? null : new Date(newest).toISOString(),
    quietDays: heardWithinMs / day,
    withHistory: rows.filter(({ history }) => history > 0).length,
    lists: faultLists(rows, serialRows(terminals, isInUse)),
  }
}
