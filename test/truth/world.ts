/** A generated world in the real registry: its providers, merchants, terminals and own codes, as the API takes them. */

import type { OwnCode } from '../judge/reasons.ts'
import type { House } from '../support/house.ts'

export type World = {
  providers: readonly { providerId: string; sharedTokens: boolean }[]
  merchants: readonly { merchantNo: string; providerId: string; mcc: string; region: string; timeZone: string }[]
  terminals: readonly {
    merchantNo: string
    terminalNo: string
    model?: string | null
    firmware?: string | null
    retiredOn?: string | null
  }[]
  ownCodes: readonly (OwnCode & { providerId: string })[]
}

type Calls = Pick<House, 'call'>

export async function registerWorld(house: Calls, world: World): Promise<void> {
  for (const { providerId, sharedTokens } of world.providers) {
    await put(house, `/api/v1/providers/${providerId}`, { name: `Provider ${providerId}`, sharedTokens })
  }
  for (const { merchantNo, ...record } of world.merchants) {
    await put(house, `/api/v1/merchants/${merchantNo}`, { name: `Shop ${merchantNo}`, ...record })
  }
  for (const { merchantNo, terminalNo, model = null, firmware = null, retiredOn = null } of world.terminals) {
    const record = { serialNo: `SN${terminalNo}`, deviceType: '04', vendor: 'Invented', model, firmware, retiredOn }
    await put(house, `/api/v1/merchants/${merchantNo}/terminals/${terminalNo}`, record)
  }
  for (const { providerId, system, value, reason } of world.ownCodes) {
    await put(house, `/api/v1/providers/${providerId}/codes/${system}/${encodeURIComponent(value)}`, { reason })
  }
}

async function put(house: Calls, path: string, body: unknown): Promise<void> {
  const response = await house.call('PUT', path, { body })
  if (!response.ok) throw new Error(`PUT ${path}: ${response.status}: ${await response.text()}`)
}

/** "within 60 s": codes, and what one merchant's figures owe to others. An answer that comes to it sooner is not waited for. */
export const withinAMinute = { timeout: 60_000, interval: 500 }
