// What occurs in a generated fleet, by name.

import { judgeAdoption } from './adoption.ts'
import type { See } from './checkout-sightings.ts'
import type { Fleet } from './fleet-streams.ts'
import { addDays, localDay, startOfDay } from './local-time.ts'
import { byEarliest, earliest } from './order.ts'
import { countsOn, isActiveOn, lastState, stateOn, terminalsOf, type Terminal } from './terminals.ts'
import { isUnsupported } from './visits.ts'

export function fleetSightingsOf(fleet: Fleet): Set<string> {
  const seen = new Set<string>()
  const see: See = (name, is = true) => {
    if (is) seen.add(name)
  }
  const { merchants, providerId, from, to, by } = fleet
  const own = merchants.filter((merchant) => merchant.providerId === providerId)
  see('merchants: of another provider', own.length < merchants.length)
  see('merchants: none', own.length === 0)
  see('merchants: of several zones', new Set(own.map(({ timeZone }) => timeZone)).size > 1)
  const ownCodes = fleet.ownCodes.filter((code) => code.providerId === providerId)
  const terminals = own.flatMap((merchant) => terminalsOf(merchant, fleet.terminals, { ...fleet, ownCodes }))
  for (const terminal of terminals) {
    seeDays(terminal, from, to, see)
    seeOpening(terminal, to, see)
  }

  const { days, funnel, timeToOpen, reasons } = judgeAdoption(fleet)
  for (const { day, group, terminals: many } of days) {
    see(`by: ${by}`)
    see('group: unknown', group === 'unknown')
    see('group: of several terminals', many > 1)
    see(
      'groups: several in a day',
      days.some((other) => other.day === day && other.group !== group),
    )
  }
  see('days: none', days.length === 0)
  see('funnel: one succeeded that is not open', funnel.succeeded > funnel.open)
  see('funnel: one succeeded that is not active', funnel.succeeded > funnel.active)
  const { medianDays, low, high, curve } = timeToOpen
  see(`median: ${medianDays === null ? 'null' : 'known'}`, timeToOpen.terminals > 0)
  see(
    'median: at exactly 0.5',
    curve.some(({ notOpen }) => notOpen === 0.5),
  )
  see('median: with a low bound', low !== null)
  see('median: with both bounds', low !== null && high !== null)
  see(
    'curve: down to 0',
    curve.some(({ notOpen }) => notOpen === 0),
  )
  see('curve: begins below 1', (curve[0]?.notOpen ?? 1) < 1)
  see('curve: several steps', curve.length > 3)
  see('reasons: several', reasons.length > 1)
  return seen
}

function seeDays(terminal: Terminal, from: string, to: string, see: See): void {
  const { record, merchant, reports, since } = terminal
  see('counts: since an event before it was registered', since < localDay(record.registeredAt, merchant.timeZone))
  see('counts: since it was registered, before any event', since === localDay(record.registeredAt, merchant.timeZone))
  see('counts: never', record.retiredOn !== null && record.retiredOn <= since)
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (!countsOn(terminal, day)) {
      see('counts: not before its first day', day < since)
      see('counts: not on the day it retired', day === record.retiredOn && day > since)
      continue
    }
    see(`state: ${stateOn(terminal, day)}`)
    const [start, end] = [startOfDay(day, merchant.timeZone), startOfDay(addDays(day, 1), merchant.timeZone)]
    see(
      'report: at midnight',
      reports.some(({ time, huabei }) => time === start && huabei !== null),
    )
    see(
      'report: 1 ms before midnight',
      reports.some(({ time, huabei }) => time === end - 1 && huabei !== null),
    )
    const approved = terminal.visits.filter(({ judged }) => judged?.state === 'approved')
    const approvedOn = approved.map(({ moment }) => localDay(moment, merchant.timeZone))
    const nextDay = approvedOn.every((each) => each <= day)
    see('active: by the 28th day', isActiveOn(terminal, day) && nextDay && !isActiveOn(terminal, addDays(day, 1)))
    see('active: no more', approvedOn.includes(addDays(day, -28)) && !isActiveOn(terminal, day))
    see(
      'model: reported over the registry’s',
      reports.some(({ model }) => model !== null && model !== record.model),
    )
  }
  const sorted = reports.toSorted(byEarliest)
  sorted.forEach((report, index) => {
    const next = sorted[index + 1]
    const differ = next !== undefined && next.huabei !== null && report.huabei !== null && next.huabei !== report.huabei
    see('reports: a tie that the id decides', differ && next.time === report.time && next.id !== report.id)
    see('reports: a tie that canonical JSON decides', differ && next.time === report.time && next.id === report.id)
    see(
      'report: keeps the state',
      report.huabei === null && sorted.slice(0, index).some(({ huabei }) => huabei !== null),
    )
  })
}

function seeOpening(terminal: Terminal, to: string, see: See): void {
  const { merchant, record, reports, visits } = terminal
  const first = earliest(visits.filter(isUnsupported).flatMap(({ checkout }) => checkout.first ?? []))
  if (first === undefined) return
  const start = localDay(first.time, merchant.timeZone)
  see('start: after `to`', start > to)
  see('start: on the day it retired, or after', record.retiredOn !== null && start >= record.retiredOn)
  if (start > to || !countsOn(terminal, start)) return
  const states = reports.filter(({ huabei }) => huabei !== null)
  const before = states.filter(({ time }) => time <= first.time)
  see('start: open', lastState(before) === 'open')
  see(
    'start: open by a report of that instant',
    lastState(before) === 'open' && before.every(({ time, huabei }) => time === first.time || huabei !== 'open'),
  )
  if (lastState(before) === 'open') return
  const opening = earliest(states.filter(({ time, huabei }) => time > first.time && huabei === 'open'))
  see('opening: never', opening === undefined)
  if (opening === undefined) return
  const opened = localDay(opening.time, merchant.timeZone)
  see('opening: on the day of the start', opened === start)
  see('opening: 1 ms after the start', opening.time === first.time + 1)
  see('opening: on `to`', opened === to && countsOn(terminal, opened))
  see('opening: on the day after `to`', opened === addDays(to, 1))
  see('opening: on the last day it counts', record.retiredOn === addDays(opened, 1))
  see('opening: on the day it retired', record.retiredOn === opened && opened <= to)
  see(
    'opening: after it was closed again',
    before.some(({ huabei }) => huabei === 'open'),
  )
}
