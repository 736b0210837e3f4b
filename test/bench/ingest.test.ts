/** The benchmark in miniature: it runs, and says all that it should. How fast anything is, is not asked here. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Figure, Goal } from './report.ts'

const contestants = ["a'50k", "a'", 'a', 'b1000', 'd1000', 'b100', 'b1', 'c']
const measures = {
  'events per second': 'events/s',
  'requests per second': 'requests/s',
  p50: 'ms',
  p99: 'ms',
  'CPU per million events': 's',
  'peak memory': 'MiB',
}
const ratios = ['b1000 / a', "b1000 / a'", "b1000 / a'50k", 'b1000 / d1000', 'b1 / c']

test('bench:ingest measures every contestant, checks that all is stored, and writes figures and goals', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'ingest.json')
  const script = join(import.meta.dirname, 'ingest.ts')
  const quick = ['--rounds', '1', '--seconds', '0.2', '--share', '0.1']
  await promisify(execFile)(process.execPath, [script, ...quick, '--json', file])
  const { figures, goals } = JSON.parse(await readFile(file, 'utf8')) as { figures: Figure[]; goals: Goal[] }

  const named = contestants.flatMap((name) =>
    Object.entries(measures).map(([measure, unit]) => ({ name: `${name} ${measure}`, unit })),
  )
  expect(figures.map(({ name, unit }) => ({ name, unit }))).toEqual([
    ...named,
    ...ratios.map((name) => ({ name, unit: 'ratio' })),
  ])
  expect(figures.filter(({ value }) => !(Number.isFinite(value) && value > 0))).toEqual([])
  expect(goals.map(({ name, goal }) => `${name} ${goal}`)).toEqual([
    'b1000 / a >= 1',
    'b1000 / d1000 >= 1.5',
    'b1 / c >= 0.5',
    'b1 p99, ms < 50',
    'peak memory of b, MiB < 900',
  ])
  for (const { goal, value, met } of goals) {
    const [sign, bound] = goal.split(' ')
    expect(met).toBe(sign === '<' ? value < Number(bound) : value >= Number(bound))
  }
}, 120_000)
