/** What an operator meets who types `npm run simulate`. */

import { DaysAhead } from '@tillsight/infra/simulate/days-ahead.ts'
import { dayAfter } from '@tillsight/market/calendar.ts'
import { lapOf, market } from '@tillsight/market/market.ts'
import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addRegistry } from '../support/data-dir.ts'
import { adminKey, keyFor, register } from '../support/house.ts'
import { startProcess, startServerProcess, type ServerProcess } from '../support/process.ts'

const script = 'infra/simulate.ts'
const seed = 'e2e'
const terminals = 36
const days = 5

let temporary: string
let house: ServerProcess
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'tillsight-simulate-test-'))
  await addRegistry(join(temporary, 'data'))
  house = await startServerProcess({ DATA_DIR: join(temporary, 'data'), ADMIN_KEY: adminKey })
})
afterAll(async () => {
  await house.kill('SIGKILL')
  await rm(temporary, { recursive: true, force: true })
})

const start = (args: readonly string[], ready: RegExp) =>
  startProcess(script, args, { PORT: '0', TMPDIR: temporary }, ready)
type Run = Awaited<ReturnType<typeof start>>

/** As Ctrl-C does. */
async function interrupt(run: Run) {
  process.kill(run.pid, 'SIGINT')
  return run.exited
}

const leftovers = async () => (await readdir(temporary)).filter((name) => name.startsWith('tillsight-simulate-'))

/** What the summary says, by its words. */
function summaryOf(run: Run): Record<'recorded' | 'accepted' | 'refused' | 'unanswered' | 'dropped', number> {
  const pattern =
    /Recorded ([\d,]+) events .*\nAccepted ([\d,]+), refused ([\d,]+).*, not answered ([\d,]+), dropped ([\d,]+)/
  const [, ...numbers] = pattern.exec(run.output()) ?? []
  const [recorded = NaN, accepted = NaN, refused = NaN, unanswered = NaN, dropped = NaN] = numbers.map((number) =>
    Number(number.replaceAll(',', '')),
  )
  return { recorded, accepted, refused, unanswered, dropped }
}

async function acceptedBy({ call }: Pick<ServerProcess, 'call'>, key = adminKey): Promise<number> {
  const metrics = await (await call('GET', '/metrics', { key })).text()
  return Number(/tillsight_ingest_events_total\{result="accepted"\} (\d+)/.exec(metrics)?.[1] ?? 0)
}

/** The checkouts in which somebody asked for Huabei, among the first so many events of the simulation. */
function askedFor(from: string, events: number): Set<string> {
  const shops = market({ seed, terminals, providers: 4, turningDay: dayAfter(from, days - 12) })
  const trade = new DaysAhead(lapOf(shops, 1), { from, to: dayAfter(from, days), shops })
  const asked = trade.take(Infinity, events).flatMap(({ merchantNo, written }) => {
    // What old firmware writes and no ingest takes.
    const tooOld = written.time < Date.parse('2020-01-01')
    if (tooOld || written.terminalNo.startsWith('9') || written.type.includes('heartbeat')) return []
    const { checkoutId, amount, method, intendedMethod } = written.data as Record<string, string | number | undefined>
    if (!Number.isInteger(amount) || amount === 0) return []
    return /^HUABEI/.test(String(intendedMethod ?? method)) ? [`${merchantNo} ${checkoutId ?? ''}`] : []
  })
  return new Set(asked)
}

test('against a Tillsight that runs, everything recorded is answered, is there, and Ctrl-C ends it cleanly', async () => {
  const target = ['--url', house.url, '--key', adminKey]
  const shape = ['--terminals', `${terminals}`, '--rate', '400', '--days', `${days}`, '--seed', seed]
  const run = await start([...target, ...shape], /The days from (\S+) up to now/)
  await expect.poll(() => acceptedBy(house), { timeout: 30_000 }).toBeGreaterThan(1_500)
  expect(await interrupt(run)).toEqual({ code: 0, signal: null })

  const { recorded, accepted, refused, unanswered, dropped } = summaryOf(run)
  expect(accepted).toBe(recorded - refused)
  expect([unanswered, dropped]).toEqual([0, 0])
  expect(await acceptedBy(house)).toBe(accepted)

  const from = run.ready[1] ?? ''
  const asked = askedFor(from, recorded)
  const merchants = new Set([...asked].map((checkout) => checkout.slice(0, 15)))
  let attempted = 0
  for (const merchantNo of merchants) {
    // From the day before: some clocks are hours behind.
    const range = `from=${dayAfter(from, -1)}&to=${dayAfter(from, days)}`
    const { totals } = await house.json<LostSales>('GET', `/api/v1/merchants/${merchantNo}/lost-sales?${range}`)
    attempted += totals.attempted.checkouts
  }
  expect(asked.size).toBeGreaterThan(50)
  expect(attempted).toBe(asked.size)

  expect(await house.json('GET', '/api/v1/keys')).toEqual({ keys: [] })
  expect(await leftovers()).toEqual([])
})

test("a provider's key is enough for shops of its own", async () => {
  await register(house, { providerId: 'p9', merchantNo: '898000000000009', terminals: [] })
  const key = await keyFor(house, { role: 'provider', providerId: 'p9' })
  // Not the shops that the operator's run has registered elsewhere.
  const shape = ['--terminals', '2', '--rate', '50', '--days', '2', '--minutes', '0.05']
  await addRegistry(join(temporary, 'other'))
  const other = await startServerProcess({ DATA_DIR: join(temporary, 'other'), ADMIN_KEY: adminKey })
  await register(other, { providerId: 'p9', merchantNo: '898000000000009', terminals: [] })
  const own = await keyFor(other, { role: 'provider', providerId: 'p9' })
  const run = await start(['--url', other.url, '--key', own, '--provider', 'p9', ...shape], /Ctrl-C stops/)
  expect(await run.exited).toEqual({ code: 0, signal: null })
  expect(await acceptedBy(other)).toBe(summaryOf(run).accepted)
  await other.kill('SIGTERM')

  const refused = await start(
    ['--url', house.url, '--key', key, '--provider', 'p9', ...shape],
    /could not be registered/,
  )
  expect((await refused.exited).code).toBe(1)
})

test('without an address it brings its own Tillsight, which goes with it', async () => {
  const run = await start(
    ['--terminals', '5', '--rate', '100'],
    /: (http\S+)\/sign-in#key=\S+\nThe operator's key: (\S+)/,
  )
  const [, url = '', key = ''] = run.ready
  const call: ServerProcess['call'] = (method, path) =>
    fetch(url + path, { method, headers: { authorization: `Bearer ${key}` } })
  await expect.poll(() => acceptedBy({ call }, key), { timeout: 30_000 }).toBeGreaterThan(100)
  expect(await interrupt(run)).toEqual({ code: 0, signal: null })
  expect(summaryOf(run)).toMatchObject({ unanswered: 0, dropped: 0 })
  await expect(fetch(url)).rejects.toThrow()
  expect(await leftovers()).toEqual([])
})

test.each([
  [['--rate', 'fast'], 2, /--rate must be a whole number/],
  [['--url', 'http://127.0.0.1:9', '--key', 'k'], 1, /Nothing answers at http:\/\/127.0.0.1:9/],
])('%s ends with a sentence that says what is wrong', async (args, code, message) => {
  const run = await start(args, message)
  expect(await run.exited).toEqual({ code, signal: null })
  expect(run.output()).not.toMatch(/ at .*\.ts:\d/)
  expect(await leftovers()).toEqual([])
})

test('an unknown key and a key that is not enough are told apart', async () => {
  const unknown = await start(['--url', house.url, '--key', 'unknown'], /does not know that key/)
  expect((await unknown.exited).code).toBe(1)
  const key = await keyFor(house, { role: 'provider', providerId: 'p9' })
  const narrow = await start(['--url', house.url, '--key', key], /--provider/)
  expect((await narrow.exited).code).toBe(1)
})
