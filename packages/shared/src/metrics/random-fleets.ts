/** Fleets for tests of alarms: shops as different as real ones, with all that happens to a healthy fleet; and planted faults. */

import type { TerminalUse } from './compatibility.ts'

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Fault {
  kind: 'day' | 'installed'
  /** From 0. Installed terminals get it within the five days from then. */
  day: number
  /** So much more likely is a failure. */
  rise: number
}

export const planted = { model: 'M0', firmware: '2.0' }
const days = 30

/**
 * Thirty days of a fleet of 20 to 220 shops. Healthy are: shops that never fail, often or always do; shops that begin or cease to on
 * some day (a contract); good and bad days of a shop; firmware that is rolled out, first to whoever; and in a third of the fleets a
 * wallet's outage of two days.
 */
export function randomFleet(seed: number, fault?: Fault): TerminalUse[] {
  const random = randomFrom(seed)
  const whole = (to: number): number => Math.floor(random() * to)
  const uses: TerminalUse[] = []
  const outage = random() < 0.33 ? { day: whole(days - 1), rise: 0.3 + 0.4 * random() } : undefined
  const rollout = 3 + whole(24)
  const shops = 20 + whole(200)
  for (let shop = 0; shop < shops; shop += 1) {
    const kind = random()
    const usual = kind < 0.4 ? 0.02 : kind < 0.7 ? random() * 0.5 : kind < 0.85 ? 0.97 : random()
    const turn = random() < 0.08 ? { day: whole(days), share: random() < 0.5 ? 0.02 : 0.97 } : undefined
    const pace = 0.3 + 4 * random() ** 2
    const moods = Array.from({ length: days }, () => 0.6 + 0.8 * random())
    for (let till = 0; till <= whole(4); till += 1) {
      const model = `M${whole(4)}`
      const isOld = random() < 0.6
      // Shops that fail more may well be upgraded first.
      const upgradedOn = isOld && random() < (usual > 0.5 ? 0.7 : 0.2) ? rollout + whole(6) : Infinity
      const isHit = fault?.kind === 'installed' && model === planted.model && isOld
      const changesOn = isHit ? fault.day + whole(5) : upgradedOn
      const firmwareOn = (day: number): string => (isOld ? (day < changesOn ? '1.0' : '2.0') : isHit ? '2.0' : '1.5')
      const byFirmware = new Map<string, { day: number; checkouts: number; failed: number }[]>()
      for (let day = 0; day < days; day += 1) {
        const firmware = fault?.kind === 'day' && model === planted.model ? planted.firmware : firmwareOn(day)
        let share = turn !== undefined && day >= turn.day ? turn.share : usual
        share = Math.min(1, share * (moods[day] ?? 1))
        if (outage !== undefined && day >= outage.day && day < outage.day + 2) share += (1 - share) * outage.rise
        const isPlanted = fault !== undefined && model === planted.model && firmware === planted.firmware
        if (isPlanted && (fault.kind === 'installed' || day >= fault.day)) share += (1 - share) * fault.rise
        let [checkouts, failed] = [0, 0]
        for (let ask = 0; ask < 8; ask += 1) {
          if (random() >= pace / 8) continue
          checkouts += 1
          if (random() < share) failed += 1
        }
        if (checkouts === 0) continue
        const its = byFirmware.get(firmware) ?? []
        its.push({ day, checkouts, failed })
        byFirmware.set(firmware, its)
      }
      for (const [firmware, its] of byFirmware) uses.push(useOf({ shop, till, model, firmware }, its))
    }
  }
  return uses
}

export const fleetDays = days

function useOf(
  { shop, till, model, firmware }: { shop: number; till: number; model: string; firmware: string },
  its: { day: number; checkouts: number; failed: number }[],
): TerminalUse {
  const sum = (of: (day: (typeof its)[number]) => number): number => its.reduce((total, day) => total + of(day), 0)
  const [checkouts, failed] = [sum((day) => day.checkouts), sum((day) => day.failed)]
  const refused = { checkouts: failed, amount: failed * 1000 }
  return {
    merchantNo: String(shop).padStart(15, '0'),
    terminalNo: String(till).padStart(8, '0'),
    ...{ model, firmware, days: its, checkouts, approved: checkouts - failed, failed },
    ...{ unsupported: refused, technical: refused, netLost: failed * 100, technicalLost: failed * 100 },
  }
}
