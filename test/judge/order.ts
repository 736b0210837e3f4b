// "Earliest" (the preamble of the contract): by (time, id, source), then by canonical JSON.

import { Buffer } from 'node:buffer'
import { namedData, type Names, type WireEvent } from './wire-event.ts'

/** What the order looks at. `time` is in UTC milliseconds, `source` is the terminal. */
export type Ordered = { time: number; id: string; source: string; canonical: string }

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** "Times are RFC 3339 with an offset, cut to the millisecond": cut, not rounded. */
export function utcMilliseconds(time: string): number {
  const parts = rfc3339.exec(time)
  if (parts === null) throw new Error(`not an RFC 3339 time: ${time}`)
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = parts
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  )
  if (sign === undefined) return wall
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return sign === '+' ? wall - offset : wall + offset
}

/**
 * Only the named fields, as they were sent: "canonical JSON (the named fields, keys sorted, times
 * as UTC milliseconds)" fills in no default, so a missing `currency` stays missing.
 */
function onlyNamed(value: unknown, names: true | Names): unknown {
  if (names === true) return value
  if (Array.isArray(value)) return value.map((entry: unknown) => onlyNamed(entry, names))
  if (typeof value !== 'object' || value === null) return value
  const kept: Record<string, unknown> = {}
  for (const [field, inside] of Object.entries(value)) {
    const known = Object.hasOwn(names, field) ? names[field] : undefined
    if (known !== undefined) kept[field] = onlyNamed(inside, known)
  }
  return kept
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => asBytes(a, b))
  return `{${fields.map(([field, inside]) => `${JSON.stringify(field)}:${canonicalJson(inside)}`).join(',')}}`
}

/** Two copies are the same event where this is the same: "differ in a named field, times compared as instants". */
export function canonical(event: WireEvent): string {
  const data = onlyNamed(event.data, namedData[event.type]) as Record<string, unknown>
  // `fundBills`: "empty means absent".
  if (Array.isArray(data['fundBills']) && data['fundBills'].length === 0) delete data['fundBills']
  return canonicalJson({
    specversion: event.specversion,
    id: event.id,
    source: event.source,
    type: event.type,
    time: utcMilliseconds(event.time),
    ...(event.sequence === undefined ? {} : { sequence: event.sequence }),
    data,
  })
}

/** "ids and sources compared as bytes": UTF-8 bytes, which is not the order of JavaScript's `<`. */
function asBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}

/** Negative where `a` is earlier than `b`; 0 only for copies that are the same event. */
export function byEarliest(a: Ordered, b: Ordered): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.id !== b.id) return asBytes(a.id, b.id)
  if (a.source !== b.source) return asBytes(a.source, b.source)
  return asBytes(a.canonical, b.canonical)
}

export function earliest<T extends Ordered>(events: readonly T[]): T | undefined {
  return events.toSorted(byEarliest)[0]
}

export function last<T extends Ordered>(events: readonly T[]): T | undefined {
  return events.toSorted(byEarliest).at(-1)
}
