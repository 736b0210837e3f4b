/** The invented market as a customer of a running Tillsight: registered through its API, posting through its client. */

import { registryLines, type Market } from '@tillsight/market/market.ts'
import type { Happening, Outbox } from '@tillsight/terminal'
import type { Call } from './api.ts'

interface IssuedKey {
  id: string
  key: string
}

/** Registers the providers that have shops, and gives a key of each. Needs the operator's key. */
export async function openBooks(call: Call, of: Market): Promise<Map<string, IssuedKey>> {
  const used = new Set(of.merchants.map(({ record }) => record.providerId))
  const keys = new Map<string, IssuedKey>()
  for (const { providerId, record } of of.providers) {
    if (!used.has(providerId)) continue
    await call('PUT', `/api/v1/providers/${providerId}`, record)
    keys.set(providerId, await call('POST', '/api/v1/keys', { role: 'provider', providerId }))
  }
  await registerShops(call, of)
  return keys
}

/** Registers shops and tills; the key may be that of their provider. */
export async function registerShops(call: Call, of: Market): Promise<void> {
  const lines = [...registryLines(of)].map((line) => JSON.stringify(line)).join('\n')
  const { refused } = await call<{ refused: { row: number; pointer: string; detail: string }[] }>(
    'POST',
    '/api/v1/registry/import',
    lines,
    'application/x-ndjson',
  )
  const [first] = refused
  if (first !== undefined) {
    throw new Error(
      `${refused.length} shops and tills could not be registered; row ${first.row}, ${first.pointer}: ${first.detail}`,
    )
  }
}

/** An event of the market; `time` as a till writes it or in UTC milliseconds. */
interface Event {
  source: string
  id: string
  type: string
  time: string | number
  data: object
}

/** The event for `recordAll`. What old firmware writes may be none that the client has a type for: the ingest judges. */
export function happeningOf(outbox: Outbox, { source, id, type, time, data }: Event): Happening {
  const [, , merchantNo = '', terminalNo = ''] = source.split(':')
  const terminal = outbox.terminal(merchantNo, terminalNo)
  return { terminal, id, type, time: typeof time === 'number' ? time : Date.parse(time), data } as Happening
}
