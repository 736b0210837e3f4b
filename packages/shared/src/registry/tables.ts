/** The Postgres tables, as Kysely sees them. */

import type { ColumnType, Generated } from 'kysely'
import type { DeclarableCause, Reason } from '../events/reasons.ts'

export type Role = 'operator' | 'provider' | 'merchant' | 'terminal'

type CreatedAt = ColumnType<Date, never, never>

export interface RegistryTables {
  providers: { providerId: string; name: string; sharedTokens: boolean; createdAt: CreatedAt }
  merchants: {
    merchantNo: string
    name: string
    providerId: string
    mcc: string
    region: string
    timeZone: string
    /** Set before the merchant's first event is committed; from then on its provider and time zone stand. */
    hasEvents: Generated<boolean>
    createdAt: CreatedAt
  }
  terminals: {
    merchantNo: string
    terminalNo: string
    serialNo: string | null
    deviceType: string | null
    vendor: string | null
    model: string | null
    firmware: string | null
    /** `2026-11-01`, a local day of the merchant. */
    retiredOn: string | null
    createdAt: CreatedAt
  }
  keys: {
    id: string
    hash: string
    role: Role
    providerId: string | null
    merchantNo: string | null
    terminalNo: string | null
    createdAt: CreatedAt
    lastUsedAt: ColumnType<Date | null, never, Date>
  }
  /** Links that can still set up a phone. */
  phoneSetups: { hash: string; merchantNo: string; expiresAt: Date }
  phones: {
    merchantNo: string
    terminalNo: string
    device: string
    /** Of the key that it has. Stays when the key is revoked: it tells which terminal the phone was. */
    keyHash: string
    setUpAt: Generated<Date>
  }
  declarations: {
    merchantNo: string
    id: string
    cause: DeclarableCause | null
    declaredAt: Date
    keyId: string
    role: Role
  }
  /** The newest of each provider. */
  imports: {
    providerId: string
    id: string
    /** The name of the file. */
    file: string
    state: 'running' | 'done' | 'failed'
    /** Rows: to be written, dealt with so far, and the last of these as it is counted in the file. */
    toWrite: number
    written: number
    lastRow: number
    /** Of the file, those of the preview included. */
    refusals: number
    /** These rows, as many as fit, as JSON. */
    refused: Generated<string>
    toldAt: Generated<Date>
  }
  codes: { providerId: string; system: string; value: string; reason: Reason }
  codeChanges: {
    /** In order of time. */
    id: Generated<string>
    providerId: string
    system: string
    value: string
    /** Null: not an own code. */
    before: Reason | null
    after: Reason | null
    role: Role
    keyId: string
    changedAt: ColumnType<Date, never, never>
  }
}
