/** A fleet with planted faults for the provider's pages: an old firmware that can't, and one that begins to fail on a day. */

import type { AdoptionQuestion } from '../judge/adoption.ts'
import type { WireEvent } from '../judge/wire-event.ts'

export const providerId = 'p1'
export const hour = 3_600_000
const day = 24 * hour
const timeZone = 'Asia/Shanghai'

export const localDay = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at)

export const merchantNos = Array.from({ length: 30 }, (_, i) => `8985840581200${String(i + 1).padStart(2, '0')}`)
const terminalNos = ['10000001', '10000002']

/** Days ago on which firmware 3.1.0 of model K9 began to fail. */
export const beganDaysAgo = 6
export const unmappedCode = 'ERR_0x1F'

const modelOf = (shop: number): 'I9' | 'K9' => (shop % 2 === 0 ? 'I9' : 'K9')
/** Of I9, every other shop has the old firmware, which can't take Huabei; of K9 all have 3.1.0. */
const firmwareOf = (shop: number): string => (modelOf(shop) === 'K9' ? '3.1.0' : shop % 4 === 0 ? '1.9.0' : '1.10.0')

export const terminals = (now: number): AdoptionQuestion['terminals'] =>
  merchantNos.flatMap((merchantNo, shop) =>
    terminalNos.map((terminalNo) => ({
      ...{
        merchantNo,
        terminalNo,
        model: modelOf(shop),
        firmware: firmwareOf(shop),
        retiredOn: null,
        registeredAt: now,
      },
    })),
  )

export const merchants: AdoptionQuestion['merchants'] = merchantNos.map((merchantNo, shop) => ({
  ...{
    merchantNo,
    providerId,
    mcc: shop % 3 === 0 ? '5411' : '5812',
    region: shop < 20 ? '440106' : '310101',
    timeZone,
  },
}))

/** What became of a refusal, the tills of one shop never tell, those of another no longer. */
const isSilent = (shop: number, i: number): boolean => shop === 28 || (shop === 24 && i < 2)

/** Fourteen days, two requests a day at every terminal. */
export function fleetEvents(now: number): WireEvent[] {
  return merchantNos.flatMap((merchantNo, shop) =>
    terminalNos.flatMap((terminalNo, till) => {
      const source = `urn:terminal:${merchantNo}:${terminalNo}`
      const at = (daysAgo: number): number => now - daysAgo * day - 2 * hour
      const requests = Array.from({ length: 28 }, (_, i): WireEvent[] => {
        const daysAgo = 1 + Math.floor(i / 2)
        const told = { source, id: `${shop}-${till}-${i}`, at: at(daysAgo) + (i % 2) * hour }
        const amount = 5_000 + 37 * (shop * 5 + i)
        if (firmwareOf(shop) === '1.9.0') {
          const both = refused(told, amount, 'POS_FIRMWARE_TOO_OLD', i)
          return isSilent(shop, i) ? both.slice(0, 1) : both
        }
        if (modelOf(shop) === 'K9' && daysAgo <= beganDaysAgo && (i + shop) % 4 !== 0)
          return refused(told, amount, (i + shop) % 4 === 1 ? unmappedCode : 'POS_METHOD_NOT_IMPLEMENTED', i)
        return (i + shop + till) % 14 === 0
          ? refused(told, amount, 'POS_METHOD_NOT_IMPLEMENTED', i)
          : [approved(told, amount)]
      }).flat()
      const open = firmwareOf(shop) === '1.9.0' ? 'not_capable' : 'open'
      return [
        ...requests,
        reported(source, `${shop}-${till}-r`, at(13) - hour, 'signed_not_open'),
        reported(source, `${shop}-${till}-o`, at((shop % 9) + 1), open),
      ]
    }),
  )
}

interface Told {
  source: string
  id: string
  at: number
}

const event = ({ source, id, at }: Told, type: WireEvent['type'], data: WireEvent['data']): WireEvent => ({
  ...{ specversion: '1.0', id, source, type, time: new Date(at).toISOString(), data },
})

const approved = (told: Told, amount: number): WireEvent =>
  event(told, 'tillsight.payment.succeeded', { checkoutId: told.id, attempt: 1, amount, method: 'HUABEI' })

/** Every other customer leaves and is seen to. */
function refused(told: Told, amount: number, value: string, i: number): WireEvent[] {
  const code = { system: 'LOCAL', value }
  const decline = event(told, 'tillsight.payment.declined', {
    ...{ checkoutId: told.id, attempt: 1, amount, method: 'HUABEI', code },
  })
  const then = { source: told.source, id: `${told.id}-then`, at: told.at + 60_000 }
  const ending =
    i % 2 === 0
      ? event(then, 'tillsight.checkout.abandoned', { checkoutId: told.id })
      : event(then, 'tillsight.payment.succeeded', { checkoutId: told.id, attempt: 2, amount, method: 'WECHAT' })
  return [decline, ending]
}

const reported = (source: string, id: string, at: number, state: string): WireEvent =>
  event({ source, id, at }, 'tillsight.terminal.reported', { methods: [{ method: 'HUABEI', state }] })
