import { sql } from 'kysely'
import type { Registry } from './connect.ts'
import type { TerminalRecord } from './records.ts'
import { canExist, type MerchantScope, type Origin } from './scope.ts'

const fields = ['serialNo', 'deviceType', 'vendor', 'model', 'firmware', 'retiredOn'] as const

/** Creates or replaces; true where it is new. */
export async function putTerminal(
  registry: Registry,
  { merchantNo }: MerchantScope,
  terminalNo: string,
  record: TerminalRecord,
): Promise<boolean> {
  const values = {
    serialNo: record.serialNo ?? null,
    deviceType: record.deviceType ?? null,
    vendor: record.vendor ?? null,
    model: record.model ?? null,
    firmware: record.firmware ?? null,
    retiredOn: record.retiredOn ?? null,
  }
  return registry.transaction().execute(async (tx) => {
    const known = await tx
      .selectFrom('terminals')
      .where('merchantNo', '=', merchantNo)
      .where('terminalNo', '=', terminalNo)
      .select('terminalNo')
      .executeTakeFirst()
    await tx
      .insertInto('terminals')
      .values({ merchantNo, terminalNo, ...values })
      .onConflict((c) => c.columns(['merchantNo', 'terminalNo']).doUpdateSet(values))
      .execute()
    return known === undefined
  })
}

export interface NamedTerminal {
  merchant: MerchantScope
  terminalNo: string
  record: TerminalRecord
}

/** Creates or replaces many, no terminal twice, in one statement. */
export async function putTerminals(registry: Registry, terminals: readonly NamedTerminal[]): Promise<void> {
  const columns = [
    terminals.map(({ merchant }): string | null => merchant.merchantNo),
    terminals.map(({ terminalNo }) => terminalNo),
    ...fields.map((field) => terminals.map(({ record }) => record[field] ?? null)),
  ]
  const values = sql.join(columns.map((column) => sql`${column}::text[]`))
  const names = sql.join(['merchantNo', 'terminalNo', ...fields].map((name) => sql.id(name)))
  const replaced = sql.join(fields.map((name) => sql`${sql.id(name)} = excluded.${sql.id(name)}`))
  // In order, so that two imports of the same terminals wait for each other instead of each for the other's rows.
  await sql`
    INSERT INTO terminals (${names}) SELECT * FROM unnest(${values}) ORDER BY 1, 2
    ON CONFLICT ("merchantNo", "terminalNo") DO UPDATE SET ${replaced}`.execute(registry)
}

export async function getTerminal(registry: Registry, { merchantNo }: MerchantScope, terminalNo: string) {
  if (!canExist(terminalNo)) return undefined
  return registry
    .selectFrom('terminals')
    .where('merchantNo', '=', merchantNo)
    .where('terminalNo', '=', terminalNo)
    .select(['merchantNo', 'terminalNo', ...fields])
    .executeTakeFirst()
}

export const listTerminals = (registry: Registry, { merchantNo }: MerchantScope) =>
  registry
    .selectFrom('terminals')
    .where('merchantNo', '=', merchantNo)
    .select(['merchantNo', 'terminalNo', ...fields])
    .orderBy('terminalNo')
    .execute()

interface Source {
  merchantNo: string
  terminalNo: string
}

const rememberedAtMost = 200_000

/**
 * What the registry says of the terminals that events come from. Remembered is what can't change any more: the provider of a
 * merchant that has events, for a terminal that is registered. All else may change between one request and the next.
 */
export class Origins {
  readonly #registry: Registry
  readonly #remembered = new Map<string, Origin>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** One answer for each source, in order. */
  async of(sources: readonly Source[]): Promise<Origin[]> {
    const found = new Map<string, Origin>()
    const asked = new Map<string, Source>()
    for (const source of sources) {
      const key = keyOf(source)
      const known = this.#remembered.get(key)
      if (known !== undefined) found.set(key, known)
      else asked.set(key, source)
    }
    if (asked.size > 0) {
      for (const [key, origin] of await this.#lookUp([...asked.values()])) found.set(key, origin)
    }
    return sources.map((source) => found.get(keyOf(source)) ?? { providerId: undefined, registered: false })
  }

  /**
   * Notes that these sources' merchants have events. Called before the events are committed, so that no merchant has events
   * while its time zone or provider can still change.
   */
  async markActive(sources: readonly Source[]): Promise<void> {
    const fresh = new Set<string>()
    for (const source of sources) {
      if (!this.#remembered.has(keyOf(source))) fresh.add(source.merchantNo)
    }
    if (fresh.size === 0) return
    await this.#registry
      .updateTable('merchants')
      .set({ hasEvents: true })
      .where('merchantNo', 'in', [...fresh])
      .where('hasEvents', '=', false)
      .execute()
  }

  async #lookUp(sources: readonly Source[]): Promise<Map<string, Origin>> {
    const { rows } = await sql<{
      merchantNo: string
      terminalNo: string
      providerId: string
      hasEvents: boolean
      registered: boolean
    }>`
      SELECT s."merchantNo", s."terminalNo", m."providerId", m."hasEvents", t."terminalNo" IS NOT NULL AS registered
      FROM unnest(${sources.map((s) => s.merchantNo)}::text[], ${sources.map((s) => s.terminalNo)}::text[])
        AS s("merchantNo", "terminalNo")
      JOIN merchants m ON m."merchantNo" = s."merchantNo"
      LEFT JOIN terminals t ON t."merchantNo" = s."merchantNo" AND t."terminalNo" = s."terminalNo"
    `.execute(this.#registry)
    const found = new Map<string, Origin>()
    if (this.#remembered.size >= rememberedAtMost) this.#remembered.clear()
    for (const row of rows) {
      const origin = { providerId: row.providerId, registered: row.registered }
      found.set(keyOf(row), origin)
      if (row.registered && row.hasEvents) this.#remembered.set(keyOf(row), origin)
    }
    return found
  }
}

const keyOf = ({ merchantNo, terminalNo }: Source): string => `${merchantNo}:${terminalNo}`
