/**
 * Whose events they are: the merchants of some providers, from the largest to the smallest. A cohort is one MCC in one city, the
 * large merchants among themselves so that none outweighs the others; half of a cohort's first 20 belong to one provider, so
 * that a merchant has peers of its own provider and of others.
 */

import type { Registry } from '@tillsight/shared/registry/connect.ts'
import type { TerminalReportRow } from '@tillsight/shared/store/tables.ts'
import { hash } from 'node:crypto'

export interface Shop {
  /** From 1, the largest. */
  rank: number
  merchantNo: string
  providerId: string
  mcc: string
  region: string
  terminals: readonly string[]
  /** Its share of all checkouts. */
  share: number
  /** Those whose customers are the same people. */
  neighbourhood: string
}

interface Size {
  shops: number
  providers: number
  terminalsOf: (rank: number) => number
}
const sizes = {
  market: { shops: 2_000, providers: 20, terminalsOf: (rank) => 2 + ((rank - 1) % 4) },
  /** One acquirer with 100,000 terminals. */
  fleet: { shops: 10_000, providers: 1, terminalsOf: () => 10 },
} satisfies Record<string, Size>
export type Books = keyof typeof sizes

const large = 400
const cities = ['110105', '120101', '310101', '320102', '330102', '350203', '420106', '440106', '440305', '510104']
const mccs = ['5311', '5411', '5499', '5651', '5732', '5812', '5814', '5912', '5977', '7230']
const models = ['A920', 'I9', 'LS-200', 'LS-210', 'N5', 'TX-5', 'TX-5 Plus', 'YT-Q1']
const firmwares = ['1.4.2', '1.6.0', '2.0.3', '3.4.1', '5.0.3']

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T

/** As the engine draws a rank: of 2,000 the whole part of 2001^u, u even in 0 to 1. */
const shareOf = (rank: number, of: number): number => Math.log((rank + 1) / rank) / Math.log(of + 1)

/** @param merchants instead of so many as the books have. */
export function shopsOf(books: Books, merchants?: number): readonly Shop[] {
  const { shops: all, providers, terminalsOf }: Size = sizes[books]
  const shops = merchants ?? all
  return Array.from({ length: shops }, (_, i) => {
    const rank = i + 1
    const [cohort, place] =
      rank <= large ? [i % 20, Math.floor(i / 20)] : [20 + ((i - large) % 80), Math.floor((i - large) / 80)]
    const providerId = `provider-${String((cohort + (place < 10 ? 0 : place)) % providers).padStart(2, '0')}`
    const region = pick(cities, cohort)
    const mcc = pick(mccs, Math.floor(cohort / 10))
    return {
      rank,
      // Of 10,000 the last is 0000.
      merchantNo: `898${region.slice(0, 4)}${mcc}${String(rank % 10_000).padStart(4, '0')}`,
      providerId,
      mcc,
      region,
      terminals: Array.from({ length: terminalsOf(rank) }, (_, n) => String(10_000_001 + n)),
      share: shareOf(rank, shops),
      neighbourhood: `${providerId}/${cohort}`,
    }
  })
}

/** Those of the market. */
export const shops = shopsOf('market')

const oneInOf = (text: string, n: number): number => parseInt(hash('md5', text).slice(0, 8), 16) % n

const modelOf = (at: string): string => pick(models, oneInOf(`model ${at}`, 1000))
const firmwareOf = (at: string): string => pick(firmwares, oneInOf(`firmware ${at}`, 1000))

const rowsAtOnce = 500

export async function register(registry: Registry, shops: readonly Shop[]): Promise<void> {
  const providerIds = [...new Set(shops.map(({ providerId }) => providerId))].sort()
  await registry
    .insertInto('providers')
    .values(providerIds.map((providerId) => ({ providerId, name: `Provider ${providerId}`, sharedTokens: true })))
    .execute()
  const merchants = shops.map(({ merchantNo, providerId, mcc, region, rank }) => ({
    ...{ merchantNo, providerId, mcc, region },
    ...{ name: `Shop ${rank}`, timeZone: 'Asia/Shanghai', hasEvents: true },
  }))
  for (const some of chunksOf(merchants, rowsAtOnce)) await registry.insertInto('merchants').values(some).execute()
  const terminals = shops.flatMap(({ merchantNo, terminals }) =>
    terminals.map((terminalNo) => ({
      ...{ merchantNo, terminalNo, serialNo: `SN${merchantNo}${terminalNo}`, deviceType: '04', vendor: 'Invented' },
      ...{ model: modelOf(merchantNo + terminalNo), firmware: firmwareOf(merchantNo + terminalNo), retiredOn: null },
    })),
  )
  for (const some of chunksOf(terminals, rowsAtOnce)) await registry.insertInto('terminals').values(some).execute()
}

export const chunksOf = <T>(list: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, i) => list.slice(i * most, (i + 1) * most))

const dayMs = 86_400_000
const path = ['not_capable', 'capable_not_signed', 'signed_not_open', 'open'] as const

/** Three of each terminal, over the days before `until`: a third of the terminals is opened, one in twenty says why it isn't. */
export function reportsUntil(shops: readonly Shop[], until: number, days: number, seed: string): TerminalReportRow[] {
  return shops.flatMap(({ merchantNo, terminals }) =>
    terminals.flatMap((terminalNo) => {
      const at = `${seed} ${merchantNo} ${terminalNo}`
      const first = oneInOf(`state ${at}`, 4)
      return [0, 1, 2].map((n) => {
        const time = until - Math.floor((days * dayMs * (1 - n / 3)) / 1) + oneInOf(`time ${n} ${at}`, 20 * dayMs)
        const huabei = pick(path, Math.min(3, first + (oneInOf(`opens ${at}`, 3) === 0 ? n : 0)))
        const hasCause = n === 0 && oneInOf(`cause ${at}`, 20) === 0
        const [firmware, model] = [firmwareOf(merchantNo + terminalNo), modelOf(merchantNo + terminalNo)]
        const data = {
          ...(hasCause ? { cause: 'MARGIN_FEE' } : {}),
          firmware,
          methods: [{ method: 'HUABEI', state: huabei }],
          model,
        }
        return {
          ...{ merchantNo, terminalNo, time, id: `report-${n}`, huabei, hasCause, firmware, model },
          body: JSON.stringify({ data, sequence: String(n + 1), type: 'tillsight.terminal.reported' }),
          cause: hasCause ? 'MARGIN_FEE' : '',
          sequence: String(n + 1),
          receivedAt: time + 1_000,
        }
      })
    }),
  )
}
