/** What tills have recorded through the client, and whether Tillsight has all of it once. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import type { Clock } from '@tillsight/terminal/clock.ts'
import type { Happening, Outbox } from '@tillsight/terminal'
import { expect } from 'vitest'
import type { House } from '../support/house.ts'

const dayMs = 24 * 3_600_000

/** Waits of seconds and minutes pass a hundred times as fast. */
export function fastClock(): Clock {
  const start = Date.now()
  const speed = 100
  return {
    now: () => start + (Date.now() - start) * speed,
    random: () => Math.random(),
    after(ms, run) {
      const timer = setTimeout(run, ms / speed)
      return () => clearTimeout(timer)
    },
  }
}

export class Ledger {
  readonly merchantNo: string
  readonly terminals = ['10000001', '10000002', '10000003']
  readonly #outbox: Outbox
  #checkouts = 0
  #amount = 0

  constructor(merchantNo: string, outbox: Outbox) {
    this.merchantNo = merchantNo
    this.#outbox = outbox
  }

  /** So many refused customers, each of whom leaves: two events a checkout. */
  record(count: number): void {
    const time = Date.now()
    const happenings = Array.from({ length: count }, (): Happening[] => {
      const terminal = this.#outbox.terminal(this.merchantNo, this.terminals[this.#checkouts % 3] ?? '')
      const checkoutId = String((this.#checkouts += 1))
      const amount = 100 + this.#checkouts
      this.#amount += amount
      const code = { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' } as const
      const declined = { checkoutId, attempt: 1, amount, method: 'HUABEI', code } as const
      return [
        { terminal, time, type: 'tillsight.payment.declined', data: declined },
        { terminal, time, type: 'tillsight.checkout.abandoned', data: { checkoutId } },
      ]
    })
    for (const receipt of this.#outbox.recordAll(happenings.flat())) expect(receipt).toMatchObject({ durable: true })
  }

  /** Every checkout is there, with its amount, and no terminal has a gap in its numbers. */
  async verify(house: Pick<House, 'json'>): Promise<void> {
    const day = (at: number) => new Date(at + dayMs / 3).toISOString().slice(0, 10)
    const range = `from=${day(Date.now() - dayMs)}&to=${day(Date.now())}`
    const path = `/api/v1/merchants/${this.merchantNo}`
    const { totals } = await house.json<LostSales>('GET', `${path}/lost-sales?${range}`)
    const whole = { checkouts: this.#checkouts, amount: this.#amount }
    expect(totals.unsupported).toEqual(whole)
    expect(totals.outcomes.abandoned).toMatchObject(whole)
    interface Health {
      terminalNo: string
      missing: number | null
    }
    const { terminals } = await house.json<{ terminals: Health[] }>('GET', `${path}/terminals`)
    expect(terminals.map(({ terminalNo, missing }) => [terminalNo, missing])).toEqual(
      this.terminals.map((no) => [no, 0]),
    )
    expect(this.#outbox.status()).toMatchObject({ queued: 0, dropped: 0, refused: 0, problems: [] })
  }
}
