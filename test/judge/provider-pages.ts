// What a provider's pages show beside the API: by firmware, by code and by merchant, read plainly off the events.

import type { AdoptionQuestion } from './adoption.ts'
import { finalDeclines } from './checkout.ts'
import { figuresOf } from './figures.ts'
import { addDays, localDay } from './local-time.ts'
import { judgeLostSales } from './lost-sales.ts'
import { earliest, last } from './order.ts'
import { groupOf } from './reasons.ts'
import { terminalsOf, type Terminal } from './terminals.ts'
import { judgedOf, visitsOf, type Visit } from './visits.ts'

type Question = Omit<AdoptionQuestion, 'by'>

const ownMerchants = ({ merchants, providerId }: Question) =>
  merchants.filter((merchant) => merchant.providerId === providerId)
const ownCodesOf = ({ ownCodes, providerId }: Question) => ownCodes.filter((code) => code.providerId === providerId)

const isWithin = ({ from, to }: Question, at: number, timeZone: string): boolean => {
  const day = localDay(at, timeZone)
  return day >= from && day <= to
}

export type FirmwareRow = {
  model: string
  firmware: string
  checkouts: number
  approved: number
  technical: number
  unsupported: number
  lost: number
  terminals: number
  merchants: number
}

/** "the last reported by then, else the registry's": by the moment of t₀, each by itself. Pending checkouts are left out. */
export function judgeFirmwares(input: Question): FirmwareRow[] {
  const decided = ownMerchants(input).flatMap((merchant) =>
    terminalsOf(merchant, input.terminals, { ...input, ownCodes: ownCodesOf(input) }).flatMap((terminal) =>
      judgedOf(terminal.visits)
        .filter(({ t0, state }) => state !== 'pending' && isWithin(input, t0, merchant.timeZone))
        .map((judged) => ({
          judged,
          model: factAt(terminal, 'model', judged.t0),
          firmware: factAt(terminal, 'firmware', judged.t0),
          terminal: `${merchant.merchantNo} ${terminal.record.terminalNo}`,
          merchantNo: merchant.merchantNo,
        })),
    ),
  )
  const names = [...new Set(decided.map(({ model, firmware }) => `${model}\n${firmware}`))].toSorted()
  return names.map((name) => {
    const those = decided.filter(({ model, firmware }) => `${model}\n${firmware}` === name)
    const figures = figuresOf(those.map(({ judged }) => judged))
    const [model = '', firmware = ''] = name.split('\n')
    return {
      ...{ model, firmware, checkouts: those.length, approved: figures.approved.checkouts },
      // Section 6: whose mender is the terminal's vendor.
      technical: those.filter(({ judged }) => ['TECH_NO_SUPPORT', 'LEGACY_INCOMPATIBLE'].includes(judged.reason ?? ''))
        .length,
      unsupported: figures.unsupported.checkouts,
      lost: figures.netLost.amount,
      terminals: new Set(those.map(({ terminal }) => terminal)).size,
      merchants: new Set(those.map(({ merchantNo }) => merchantNo)).size,
    }
  })
}

function factAt({ reports, record }: Terminal, fact: 'model' | 'firmware', at: number): string {
  return (
    last(reports.filter((report) => report.time <= at && report[fact] !== null))?.[fact] ?? record[fact] ?? 'unknown'
  )
}

export type CodeRow = { code: string; checkouts: number; amount: number; lost: number }

/** Of declined checkouts with a final decline, by the code of the earliest. */
export function judgeCodes(input: Question): {
  codes: CodeRow[]
  declined: number
  unmapped: number
  declared: number
} {
  const declined = ownMerchants(input).flatMap((merchant) => {
    const asked = { ...input, merchantNo: merchant.merchantNo, ownCodes: ownCodesOf(input) }
    // Without reports there are no declared causes, and everything else is the same.
    const undeclared = visitsOf({
      ...asked,
      events: input.events.filter(({ type }) => type !== 'tillsight.terminal.reported'),
    })
    return visitsOf(asked)
      .filter(({ judged }) => judged?.state === 'declined' && isWithin(input, judged.t0, merchant.timeZone))
      .map((visit) => ({
        visit,
        reason: visit.judged?.reason ?? '',
        observed: undeclared.find(({ checkout }) => checkout.checkoutId === visit.checkout.checkoutId)?.judged?.reason,
        code: codeOf(visit),
      }))
  })
  const codes = [...new Set(declined.flatMap(({ code }) => code ?? []))].toSorted()
  return {
    codes: codes.map((code) => {
      const those = judgedOf(declined.filter((each) => each.code === code).map(({ visit }) => visit))
      const { declined: volume, netLost } = figuresOf(those)
      return { code, ...volume, lost: netLost.amount }
    }),
    declined: declined.length,
    unmapped: declined.filter(({ reason }) => groupOf(reason) === 'unknown').length,
    declared: declined.filter(({ reason, observed }) => reason !== observed).length,
  }
}

function codeOf({ checkout }: Visit): string | null {
  const speaks = earliest(finalDeclines(checkout))
  return speaks === undefined ? null : `${speaks.code.system} ${speaks.code.value}`
}

export type MerchantRow = {
  merchantNo: string
  lost: number
  high: number
  unsupported: number
  attempted: number
  cause: string | null
  /** What is in the range's settled days, less what was before them; 'unknown': by the bounds it may be a rise, a fall or none. */
  change: number | 'unknown' | null
}

export function judgeMerchants(input: Question): MerchantRow[] {
  return ownMerchants(input).map(({ merchantNo, timeZone }) => {
    const asked = { ...input, merchantNo, timeZone, ownCodes: ownCodesOf(input), interval: 'day' as const }
    const { totals, series, reasons } = judgeLostSales(asked)
    const [main] = reasons
      .filter(({ group }) => group === 'unsupported')
      .toSorted(
        (a, b) =>
          (b.netLost?.amount ?? 0) - (a.netLost?.amount ?? 0) || b.amount - a.amount || (a.reason < b.reason ? -1 : 1),
      )
    const settled = series.filter((day) => day.settled)
    const lastSettled = settled.at(-1)
    let change: MerchantRow['change'] = null
    if (lastSettled !== undefined) {
      const earlier = { from: addDays(input.from, -series.length), to: addDays(lastSettled.start, -series.length) }
      const before = judgeLostSales({ ...asked, ...earlier }).totals
      if (before.attempted.checkouts > 0) {
        const lost = settled.reduce((sum, day) => sum + day.netLost.amount, 0)
        const high = settled.reduce((sum, day) => sum + day.netLost.high, 0)
        const [least, most] = [lost - before.netLost.high, high - before.netLost.amount]
        change = least < most && least <= 0 && most >= 0 ? 'unknown' : lost - before.netLost.amount
      }
    }
    return {
      merchantNo,
      lost: totals.netLost.amount,
      high: totals.netLost.high,
      unsupported: totals.unsupported.checkouts,
      attempted: totals.attempted.checkouts,
      cause: main?.reason ?? null,
      change,
    }
  })
}
