/** Contract section 6 in SQL: from a checkout's evidence to its reason. The catalogue is the one that everything else reads. */

import { sql, type RawBuilder } from 'kysely'
import { declarableCauses, groupOf, knownCodes, reasons, type OwnCodes } from '../events/reasons.ts'
import type { Tenant } from '../registry/scope.ts'

const unsupportedReasons = reasons.filter((reason) => groupOf(reason) === 'unsupported')

/** By provider: its own codes count at its merchants. */
export type OwnCodesByProvider = ReadonlyMap<string, OwnCodes>

/** "Order: own code, `disabledChannels`, the table, `UNMAPPED`": an expression over the columns of `derivedCheckouts`. */
export function observedReason(tenants: readonly Tenant[], ownCodes: OwnCodesByProvider): RawBuilder<string> {
  return sql`multiIf(
        NOT refused, 'SILENT_SUBSTITUTION',
        ${ownReason(tenants, ownCodes)},
        channelDisabled, 'CHANNEL_COMPETITION',
        transform(concat(codeSystem, ' ', codeValue), ${[...knownCodes.keys()]}, ${[...knownCodes.values()]}, 'UNMAPPED'))`
}

/** "A declared cause last": it replaces a reason of the unsupported group. Over `cause` and `observed`. */
export const finalReason = (): RawBuilder<string> =>
  sql`if(cause IN ${declarableCauses} AND observed IN ${unsupportedReasons}, cause, observed)`

/** Whether `observed` says that Huabei is not accepted. A declared cause says nothing else. */
export const isUnsupported = (): RawBuilder<boolean> => sql`observed IN ${unsupportedReasons}`

/** A condition and the reason where it holds. */
function ownReason(tenants: readonly Tenant[], ownCodes: OwnCodesByProvider): RawBuilder<unknown> {
  const providers = [...new Set(tenants.map(({ providerId }) => providerId))]
  const entries = providers.flatMap((providerId, i) =>
    [...(ownCodes.get(providerId) ?? [])].map(([code, reason]) => [`${i} ${code}`, reason] as const),
  )
  if (entries.length === 0) return sql`false, ''`
  const provider =
    providers.length === 1
      ? sql`'0'`
      : sql`transform(merchantNo, ${tenants.map(({ merchantNo }) => merchantNo)}, ${tenants.map(({ providerId }) => String(providers.indexOf(providerId)))}, '')`
  const key = sql`concat(${provider}, ' ', codeSystem, ' ', codeValue)`
  const keys = entries.map(([code]) => code)
  return sql`${key} IN ${keys}, transform(${key}, ${keys}, ${entries.map(([, reason]) => reason)}, '')`
}
