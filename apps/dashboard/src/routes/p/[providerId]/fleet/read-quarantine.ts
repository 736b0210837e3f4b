/** Refused events as a page shows them: by code; of one code by what is alike; of one such group one by one. And their replay. */

import type { RefusalCode } from '@tillsight/shared/events/refusal.ts'
import { notFound } from '@tillsight/shared/http/problem.ts'
import { providedIngest } from '@tillsight/shared/ingest-port.ts'
import type { Principal } from '@tillsight/shared/registry/keys.ts'
import { merchantNames } from '@tillsight/shared/registry/merchants.ts'
import {
  actingFor,
  quarantineScope,
  type ProviderScope,
  type QuarantineScope,
} from '@tillsight/shared/registry/scope.ts'
import { quarantineCounts, type Place, type Replayed } from '@tillsight/shared/store/quarantine.ts'
import { refusedAlike, refusedIn, type Alike, type RefusedEntry } from '@tillsight/shared/store/refused-alike.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { codeOf, placeIn, placeText } from '#api/quarantine.ts'
import { providerIn } from '#server/provider.ts'

const groupsShown = 50
const entriesAPage = 50
/** A server takes 128 KiB in one parameter, an id has 32 bytes. */
const replayedAtOnce = 1_000

interface AlikeNamed extends Alike {
  /** Null: the source names no terminal, as who posted it wrote it. */
  terminal: {
    merchantNo: string
    terminalNo: string
    /** Null: not a merchant of the provider. */
    name: string | null
  } | null
}

/** The contract's form of a source. Only such a number may be asked for in the registry. */
const terminalIn = (source: string): [merchantNo: string, terminalNo: string] | undefined => {
  const [, merchantNo, terminalNo] = /^urn:terminal:([0-9A-Za-z]{15}):([0-9A-Za-z]{8})$/.exec(source) ?? []
  return merchantNo === undefined || terminalNo === undefined ? undefined : [merchantNo, terminalNo]
}

/** Each group with its shop, by one look-up for all. */
async function named(provider: ProviderScope, groups: readonly Alike[]): Promise<AlikeNamed[]> {
  const shops = groups.flatMap(({ source }) => terminalIn(source)?.[0] ?? [])
  const names = await merchantNames(providedStores().registry, provider, shops)
  return groups.map((group) => {
    const [merchantNo, terminalNo] = terminalIn(group.source) ?? []
    const isTold = merchantNo !== undefined && terminalNo !== undefined
    return { ...group, terminal: isTold ? { merchantNo, terminalNo, name: names.get(merchantNo) ?? null } : null }
  })
}

export interface QuarantineAsked {
  provider: ProviderScope
  principal: Principal
  scope: QuarantineScope
}

/** Whose refused events the page shows and replays: the provider's, whoever looks. Otherwise 404. */
export async function quarantineOf(event: Parameters<typeof providerIn>[0]): Promise<QuarantineAsked> {
  const provider = await providerIn(event)
  const principal = event.locals.principal && actingFor(event.locals.principal, provider)
  const scope = principal && quarantineScope(principal)
  if (principal === undefined || scope === undefined) throw notFound()
  return { provider, principal, scope }
}

export async function readQuarantine(provider: ProviderScope, scope: QuarantineScope, query: URLSearchParams) {
  const { events } = providedStores()
  const code = codeOf(query.get('code')) ?? null
  const asked = query.get('alike')
  const [refused, found] = await Promise.all([
    quarantineCounts(events, scope),
    code === null ? [] : refusedAlike(events, scope, code, groupsShown + 1),
  ])
  const groups = await named(provider, found.slice(0, groupsShown))
  const group = groups.find(({ id }) => id === asked) ?? null
  const after = placeIn(query.get('next') ?? undefined)
  const read =
    code === null || group === null ? [] : await refusedIn(events, scope, code, [group.id], after, entriesAPage + 1)
  const entries = read.slice(0, entriesAPage)
  const last = entries.at(-1)
  return {
    refused,
    code,
    groups,
    areMore: found.length > groups.length,
    group,
    entries,
    next: read.length > entries.length && last !== undefined ? placeText(last) : null,
  }
}

/** Runs all that is in these groups of the code through the ingest again. */
export async function replayAlike(
  principal: Principal,
  scope: QuarantineScope,
  code: RefusalCode,
  groups: readonly string[],
): Promise<Replayed> {
  const total: Replayed = { accepted: 0, stillRefused: 0 }
  let after: Place | undefined
  let entries: RefusedEntry[]
  do {
    entries = await refusedIn(providedStores().events, scope, code, groups, after, replayedAtOnce)
    const { accepted, stillRefused } = await providedIngest().replay(principal, scope, {
      ids: entries.map(({ id }) => id),
    })
    total.accepted += accepted
    total.stillRefused += stillRefused
    after = entries.at(-1)
  } while (entries.length === replayedAtOnce)
  return total
}
