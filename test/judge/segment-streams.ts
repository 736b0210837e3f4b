// Streams for `segments`: those of lost sales, with tickets at the bands' edges, hours at the dayparts', and
// customers who tell more of themselves.

import fc from 'fast-check'
import { canonical } from './order.ts'
import type { Dimension } from './segments.ts'
import { day } from './stream-moments.ts'
import { amounts } from './stream-pools.ts'
import { streams, type Stream, type StreamOptions } from './streams.ts'
import type { WireEvent } from './wire-event.ts'

export type SegmentStream = Stream & { by: Dimension }

const dimensions = ['ageBand', 'returning', 'ticketBand', 'daypart', 'weekday'] as const

const paymentTypes = ['tillsight.payment.declined', 'tillsight.payment.succeeded']
const distinctAmounts: readonly number[] = [...new Set(amounts)]

const dayparts = [0, 6, 11, 14, 17, 21]
const tickets = fc.constantFrom(...[1, 49_99, 50_00, 99_99, 100_00, 299_99, 300_00, 999_99, 1000_00, 50_000_00])

/** Few age bands, so that two checkouts share one. */
const customers = fc.record(
  { ageBand: fc.constantFrom('under-18', '18-24', '60+'), returning: fc.boolean() },
  { requiredKeys: [] },
)

export function segmentStreams(options: Omit<StreamOptions, 'hours'> = {}): fc.Arbitrary<SegmentStream> {
  const { today = Date.now() } = options
  // Of seven days, one is of each weekday.
  return fc.nat({ max: 6 }).chain((daysAgo) => dressedStreams({ ...options, today: today - daysAgo * day }))
}

function dressedStreams(options: StreamOptions): fc.Arbitrary<SegmentStream> {
  return fc
    .record({
      stream: streams({ ...options, hours: dayparts }),
      by: fc.constantFrom(...dimensions),
      tickets: fc.array(tickets, { minLength: 4, maxLength: 4 }),
      customers: fc.array(customers, { minLength: 7, maxLength: 7 }),
    })
    .map(({ stream, by, tickets, customers }) => {
      // What becomes of an event follows from the event alone, so that its repeats stay repeats.
      const dressed = (event: WireEvent): WireEvent => {
        const { attempt, amount, customer } = event.data
        if (!paymentTypes.includes(event.type) || attempt === undefined || amount === undefined) return event
        const told = customers[(amount + attempt) % customers.length]
        return {
          ...event,
          data: {
            ...event.data,
            amount: tickets[distinctAmounts.indexOf(amount)] ?? amount,
            ...(customer === undefined ? {} : { customer: { ...told, ...customer } }),
          },
        }
      }
      const events = new Map(stream.events.map(dressed).map((event) => [canonical(event), event]))
      return { ...stream, by, events: [...events.values()], deliveries: stream.deliveries.map(dressed) }
    })
}
