/** A provider's merchants and terminals, all of them, with what the registry says of each. */

import { sql, type RawBuilder } from 'kysely'
import type { Registry } from './connect.ts'
import { packedRows } from './packed-rows.ts'
import type { ProviderScope } from './scope.ts'

interface Merchant {
  merchantNo: string
  name: string
  mcc: string
  /** GB/T 2260. */
  region: string
  timeZone: string
}

interface Terminal {
  merchantNo: string
  terminalNo: string
  serialNo: string | null
  model: string | null
  firmware: string | null
  /** A local day of the merchant. */
  retiredOn: string | null
  createdAt: Date
}

export type FleetTerminal = Omit<Terminal, 'serialNo'> & Pick<Merchant, 'timeZone' | 'mcc' | 'region'>

export type ListedTerminal = Pick<Terminal, 'terminalNo' | 'serialNo' | 'retiredOn'>

/** What a list of all merchants of a provider tells of each. */
export type ListedMerchant = Merchant & { terminals: readonly ListedTerminal[] }

export async function fleetOf(registry: Registry, provider: ProviderScope): Promise<FleetTerminal[]> {
  type Row = Omit<Terminal, 'serialNo' | 'createdAt'> & { createdAt: string }
  const [merchants, terminals] = await Promise.all([
    merchantRows(registry, provider),
    terminalRows<Row>(registry, provider, {
      merchantNo: sql`"merchantNo"`,
      terminalNo: sql`"terminalNo"`,
      model: sql`model`,
      firmware: sql`firmware`,
      retiredOn: sql`"retiredOn"`,
      createdAt: sql`floor(date_part('epoch', "createdAt") * 1000)::bigint::text`,
    }),
  ])
  const byNo = new Map(merchants.map(({ merchantNo, ...merchant }) => [merchantNo, merchant]))
  return terminals.flatMap((terminal) => {
    const merchant = byNo.get(terminal.merchantNo)
    if (merchant === undefined) return []
    const { timeZone, mcc, region } = merchant
    return [{ ...terminal, createdAt: new Date(Number(terminal.createdAt)), timeZone, mcc, region }]
  })
}

export async function listedMerchants(registry: Registry, provider: ProviderScope): Promise<ListedMerchant[]> {
  const [merchants, terminals] = await Promise.all([
    merchantRows(registry, provider),
    terminalRows<ListedTerminal & { merchantNo: string }>(registry, provider, {
      merchantNo: sql`"merchantNo"`,
      terminalNo: sql`"terminalNo"`,
      serialNo: sql`"serialNo"`,
      retiredOn: sql`"retiredOn"`,
    }),
  ])
  const byMerchant = Map.groupBy(terminals, ({ merchantNo }) => merchantNo)
  return merchants.map((merchant) => ({ ...merchant, terminals: byMerchant.get(merchant.merchantNo) ?? [] }))
}

const merchantRows = (registry: Registry, { providerId }: ProviderScope): Promise<Merchant[]> =>
  packedRows<Merchant>(
    registry,
    {
      merchantNo: sql`"merchantNo"`,
      name: sql`name`,
      mcc: sql`mcc`,
      region: sql`region`,
      timeZone: sql`"timeZone"`,
    },
    sql`merchants WHERE "providerId" = ${providerId}`,
  )

const terminalRows = <Row extends Record<keyof Row, string | null>>(
  registry: Registry,
  { providerId }: ProviderScope,
  columns: { [Name in keyof Row]: RawBuilder<unknown> },
): Promise<Row[]> =>
  packedRows(
    registry,
    columns,
    sql`terminals WHERE "merchantNo" IN (SELECT "merchantNo" FROM merchants WHERE "providerId" = ${providerId})`,
  )
