/** Saying why a shop does not take Huabei, where no code of a till can tell. */

import { declaredCauses } from '@tillsight/shared/metrics/declared-causes.ts'
import type { DeclarableCause } from '@tillsight/shared/events/reasons.ts'
import { declarationEvents, declarersOf, recordDeclaration } from '@tillsight/shared/registry/declarations.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import type { MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { listTerminals } from '@tillsight/shared/registry/terminals.ts'
import { providedStores, type Stores } from '@tillsight/shared/stores.ts'
import { randomUUID } from 'node:crypto'
import { declaredRows, sayableCauses, type Declared } from '#charts/causes/declared.ts'
import { localDay } from '#server/presets.ts'

/** What is declared now, as the principal sees it. */
export async function declaredFor(
  { events, registry }: Pick<Stores, 'events' | 'registry'>,
  merchant: MerchantScope,
  principal: Principal,
): Promise<Declared> {
  const [terminals, causes] = await Promise.all([terminalsInUse(registry, merchant), declaredCauses(events, merchant)])
  const inUse = new Set(terminals.map(({ terminalNo }) => terminalNo))
  const inForce = causes.filter(({ terminalNo }) => inUse.has(terminalNo))
  const declarers = await declarersOf(registry, merchant, [...new Set(inForce.map(({ id }) => id))])
  return {
    tap: randomUUID(),
    terminals: terminals.length,
    rows: declaredRows(inForce, declarers, principal.keyId),
  }
}

export interface Tap {
  tap: string
  cause: DeclarableCause | null
}

/** What a form of the page says; undefined where no page of ours sends such a form. An empty cause takes back. */
export function tapIn(form: FormData): Tap | undefined {
  const [tap, cause] = [form.get('tap'), form.get('cause')]
  if (typeof tap !== 'string' || !/^[0-9a-f-]{36}$/.test(tap)) return undefined
  if (cause === '') return { tap, cause: null }
  const known = sayableCauses.find((each) => each === cause)
  return known === undefined ? undefined : { tap, cause: known }
}

/** Declares for each terminal in use, from now on. Throws where it is not stored: the same tap is then to be sent again. */
export async function declare(merchant: MerchantScope, principal: Principal, tap: Tap): Promise<void> {
  const { registry, post } = providedStores()
  const declaration = await recordDeclaration(registry, merchant, principal, tap, Date.now())
  const terminals = await terminalsInUse(registry, merchant)
  await post(principal, merchant, declarationEvents(merchant, terminals, declaration))
}

async function terminalsInUse(registry: Stores['registry'], merchant: MerchantScope) {
  const today = localDay(Date.now(), merchant.timeZone)
  const terminals = await listTerminals(registry, merchant)
  return terminals.filter(({ retiredOn }) => retiredOn === null || retiredOn > today)
}
