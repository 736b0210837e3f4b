/** A replay that is cut off by kill -9 can be done again: what it took counts once, what it did not is still there. */

import { Random } from '@tillsight/market/random.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { rm } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ago, sample, sourceOf, terminalNo, withValueAt } from '../contract/samples.ts'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, register } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

/** `npm run soak` raises it. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 2)
const seed = process.env['KILL_SEED'] ?? String(Date.now())
const eventsPerRound = 2_000
const amount = 8600

let dir: string
let server: ServerProcess
const start = async () => {
  server = await startServerProcess({ DATA_DIR: dir, ADMIN_KEY: adminKey })
}
beforeAll(async () => {
  dir = await newDataDir('tillsight-replay-')
  await start()
})
afterAll(async () => {
  await server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

const shop = (round: number): string => `898${String(round).padStart(12, '0')}`

/** Has a merchant's events refused because its terminal is not registered. */
async function refuse(merchantNo: string): Promise<void> {
  await register(server, { providerId: 'p1', merchantNo, terminals: [] })
  for (let from = 0; from < eventsPerRound; from += 500) {
    const events = Array.from({ length: 500 }, (_, i) =>
      withValueAt(
        sample('payment.declined', { source: sourceOf(merchantNo, terminalNo) }),
        '/data/checkoutId',
        `checkout-${from + i}`,
      ),
    )
    await server.json('POST', '/v1/events', {
      body: JSON.stringify(events),
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      expected: 422,
    })
  }
}

const replay = () => server.json('POST', '/api/v1/quarantine/replay', { body: { code: 'unknown_terminal' } })

/** How many entries there are of the merchant, each a different event. */
async function waiting(merchantNo: string): Promise<number> {
  const ids = new Set<unknown>()
  let entries = 0
  for (let next: string | null = ''; next !== null;) {
    const path = `/api/v1/quarantine?merchantNo=${merchantNo}${next === '' ? '' : `&next=${encodeURIComponent(next)}`}`
    const page: { events: { event: { id: string } }[]; next: string | null } = await server.json('GET', path)
    for (const { event } of page.events) ids.add(event.id)
    entries += page.events.length
    next = page.next
  }
  expect(ids.size).toBe(entries)
  return entries
}

async function attempted(merchantNo: string): Promise<{ checkouts: number; amount: number }> {
  const range = `from=${ago(3 * 86_400_000).slice(0, 10)}&to=${ago(-86_400_000).slice(0, 10)}`
  const { totals } = await server.json<LostSales>('GET', `/api/v1/merchants/${merchantNo}/lost-sales?${range}`)
  return totals.attempted
}

const everything = { checkouts: eventsPerRound, amount: eventsPerRound * amount }

test(
  'a replay that was killed is finished by the next one, and every event counts once',
  async () => {
    const random = new Random(seed, 'replays')
    await refuse(shop(0))
    await register(server, { providerId: 'p1', merchantNo: shop(0), terminals: [terminalNo] })
    const begun = performance.now()
    expect(await replay()).toEqual({ accepted: eventsPerRound, stillRefused: 0 })
    const wholeMs = performance.now() - begun

    for (let round = 1; round <= rounds; round += 1) {
      const merchantNo = shop(round)
      await refuse(merchantNo)
      await register(server, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
      // Somewhere within the replay, as long as one takes here.
      const cutOff = replay().catch(() => 'cut off')
      await pause(random.between(0, wholeMs))
      await server.kill('SIGKILL')
      await cutOff
      await start()

      // What has left the list is in the figures. What is in both is on its way: neither lost nor counted twice.
      const left = await waiting(merchantNo)
      const taken = await attempted(merchantNo)
      expect(left + taken.checkouts, `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(eventsPerRound)
      expect(taken.checkouts).toBeLessThanOrEqual(eventsPerRound)

      expect(await replay(), `seed ${seed}, round ${round}`).toEqual({ accepted: left, stillRefused: 0 })
      expect(await waiting(merchantNo)).toBe(0)
      expect(await attempted(merchantNo), `seed ${seed}, round ${round}`).toEqual(everything)
    }
    expect(await replay()).toEqual({ accepted: 0, stillRefused: 0 })
    for (let round = 0; round <= rounds; round += 1) expect(await attempted(shop(round))).toEqual(everything)
  },
  60_000 + rounds * 20_000,
)

test('what was refused before kill -9 is in the quarantine after it', async () => {
  const merchantNo = '898999999999999'
  await refuse(merchantNo)
  await server.kill('SIGKILL')
  await start()
  expect(await waiting(merchantNo)).toBe(eventsPerRound)
})
