// What could come in from a merchant's terminals, for the tests that hold completeness to its judge: clocks that are off and
// are set, days offline, counters that begin again, numbers lost and used twice, repeats and copies that differ.

import fc from 'fast-check'
import type { Arrival } from './completeness.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const now = Date.parse('2026-11-20T12:30:00Z')

/** A step of a till's life: some time passes, then an event is made, and arrives at some time. */
type Step = {
  pause: number
  /** Of the till's clock, against ours. */
  clock: number
  /** `later`: until the next noon. */
  underWay: number | 'later'
  number: 'next' | 'lost' | 'again' | 'from 1' | 'from 0' | 'far ahead' | 'none'
  copies: ('repeat' | 'other time' | 'other number')[]
}

const step: fc.Arbitrary<Step> = fc.record({
  pause: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * hour }) },
    { weight: 1, arbitrary: fc.constantFrom(0, day, 7 * day, 20 * day) },
  ),
  clock: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom(-3 * hour, 3 * hour, -3 * minute, -day, 90 * minute) },
  ),
  underWay: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * day }) },
    // Sent together with others, once the till is online again.
    { weight: 2, arbitrary: fc.constant<'later'>('later') },
  ),
  number: fc.oneof(
    { weight: 12, arbitrary: fc.constant('next' as const) },
    { weight: 3, arbitrary: fc.constantFrom('lost' as const, 'none' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('again' as const, 'from 1' as const, 'from 0' as const, 'far ahead' as const),
    },
  ),
  copies: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step['copies']>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom<Step['copies'][number][]>('repeat', 'other time', 'other number'), {
        maxLength: 3,
      }),
    },
  ),
})

const farAhead = 900_000_000_000_000_000n

function lived(terminalNo: string, start: number, steps: readonly Step[]): Arrival[] {
  const arrivals: Arrival[] = []
  let at = start
  let counter = 40n
  for (const [i, { pause, clock, underWay, number, copies }] of steps.entries()) {
    at += pause
    if (at > now) break
    if (number === 'next') counter += 1n
    if (number === 'lost') counter += 4n
    if (number === 'from 1') counter = 1n
    if (number === 'from 0') counter = 0n
    if (number === 'far ahead' && counter < farAhead) counter += farAhead
    const sequence = number === 'none' ? null : counter
    const receivedAt = underWay === 'later' ? Math.ceil(at / day) * day + day / 2 : at + underWay
    const event = { terminalNo, id: `e${i}`, time: at - clock, sequence, receivedAt }
    arrivals.push(event)
    for (const copy of copies) {
      const again = receivedAt + hour
      if (copy === 'repeat') arrivals.push({ ...event, receivedAt: again }, { ...event, receivedAt: again + day })
      if (copy === 'other time') arrivals.push({ ...event, receivedAt: again, time: event.time - 5 * minute })
      if (copy === 'other number') arrivals.push({ ...event, receivedAt: again, sequence: counter + 2n })
    }
  }
  return arrivals
}

/** Whatever can happen to a till, in up to some months. */
export const livedArrivals = (terminalNo: string): fc.Arbitrary<Arrival[]> =>
  fc
    .tuple(fc.integer({ min: 0, max: 60 * 24 }), fc.array(step, { maxLength: 120, size: 'max' }))
    .map(([hoursAgo, steps]) => lived(terminalNo, now - hoursAgo * hour, steps))

/** A till with a habit: heard in some hours of the week, in most weeks, until it fell silent some hours ago. */
export const habitualArrivals = (terminalNo: string): fc.Arbitrary<Arrival[]> =>
  fc
    .record({
      hours: fc.uniqueArray(fc.integer({ min: 0, max: 167 }), { minLength: 1, maxLength: 60, size: 'max' }),
      left: fc.uniqueArray(fc.integer({ min: 0, max: 40 * 24 }), { maxLength: 200, size: 'max' }),
      knownFor: fc.integer({ min: 1, max: 40 * 24 }),
      silentFor: fc.oneof(fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 35 * 24 })),
    })
    .map(({ hours, left, knownFor, silentFor }) => {
      const arrivals: Arrival[] = []
      for (let ago = silentFor; ago < silentFor + knownFor; ago++) {
        const time = now - ago * hour
        const isUsual = hours.includes(Math.floor(time / hour) % 168)
        if (!isUsual || left.includes(ago)) continue
        arrivals.push({ terminalNo, id: `h${ago}`, time: time - 2_000, sequence: null, receivedAt: time })
      }
      return arrivals
    })
