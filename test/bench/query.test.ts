/** The benchmark in miniature: it runs, and says all that it should. How fast anything is, is not asked here. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Figure, Goal } from './report.ts'

const names = [
  'lost sales, 30 days',
  'lost sales, 90 days',
  ...['ageBand', 'returning', 'ticketBand', 'daypart', 'weekday'].map((by) => `segments by ${by}, 90 days`),
  'competitiveness, 12 weeks',
  'adoption by model, 90 days',
]
const plainRecord = 'a record of the registry'
const [small, middle, large] = ['28', '308', '2996']

test('bench:query measures every figure at every size and beside PostgreSQL, and writes figures and goals', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'query.json')
  const script = join(import.meta.dirname, 'query.ts')
  // Merchant-days are what the preparation takes its time for.
  const quick = ['--events', '3000', '--days', '30', '--requests', '1', '--events-per-second', '200']
  await promisify(execFile)(process.execPath, [script, ...quick, '--json', file])
  const { figures, goals } = JSON.parse(await readFile(file, 'utf8')) as { figures: Figure[]; goals: Goal[] }

  const columns = [small, middle, `PostgreSQL ${middle}`, large, `${large}, under ingest`, `${large}, the largest`]
  const times = columns.flatMap((column) =>
    [...names, ...(column.startsWith('PostgreSQL') ? [] : [plainRecord])].flatMap((name) =>
      ['p50', 'p95'].map((what) => `${name}, ${column}, ${what}`),
    ),
  )
  const sizes = [small, middle, large].flatMap((size) => [`on disk, ${size}`, `peak memory idle, ${size}`])
  const others = ['events under ingest', "rollup of the median merchant's day", "rollup of the largest merchant's day"]
  expect(figures.map(({ name }) => name)).toEqual([...times, ...sizes, ...others, 'PostgreSQL on disk'])
  expect(figures.filter(({ value }) => !(Number.isFinite(value) && value > 0))).toEqual([])
  expect(goals.map(({ name, goal }) => `${name} ${goal}`)).toEqual([
    'a median merchant, slowest p95, ms < 50',
    'a median merchant, p50 ÷ that of a hundredth of the events <= 1.5',
    'a median merchant, p50 ÷ PostgreSQL <= 1',
    'a provider, slowest p95, ms < 300',
    'PostgreSQL ÷ a provider, p50 >= 10',
    'p95 under ingest ÷ idle <= 3',
    'a touched merchant-day is rolled up, s < 2',
    'on disk, bytes an event <= 64',
    'peak memory, MiB < 2048',
  ])
}, 300_000)
