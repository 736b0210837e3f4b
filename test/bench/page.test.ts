/** The benchmark in miniature: it runs, and says all that it should. How fast anything is, is not asked here. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Figure, Goal } from './report.ts'

test('bench:page opens a page on a slow phone, taps on it, asks for its figures, and writes figures and goals', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'page.json')
  const script = join(import.meta.dirname, 'page.ts')
  const quick = ['--events', '1000', '--days', '30', '--page', 'overview', '--rounds', '1', '--requests', '1']
  await promisify(execFile)(process.execPath, [script, ...quick, '--json', file])
  const { figures, goals } = JSON.parse(await readFile(file, 'utf8')) as { figures: Figure[]; goals: Goal[] }

  const value = Object.fromEntries(figures.map(({ name, value }) => [name, value]))
  expect(Object.keys(value)).toEqual([
    'overview, script before interaction',
    'overview, script with charts alive',
    'overview, largest paint',
    'overview, layout shift',
    'overview, tap to next paint',
    'overview, figures, p50',
    'overview, figures, p95',
    'overview, figures, largest merchant, p95',
    'an open page shows what was posted',
  ])
  expect(figures.filter(({ name, value }) => !(value > 0) && name !== 'overview, layout shift')).toEqual([])
  expect(value['overview, layout shift']).toBeGreaterThanOrEqual(0)
  // ECharts comes only when a chart is tapped.
  expect(value['overview, script with charts alive']).toBeGreaterThan(
    (value['overview, script before interaction'] ?? NaN) + 100,
  )
  expect(goals.map(({ name, goal }) => `${name} ${goal}`)).toEqual([
    'script before interaction, worst page, KB <= 80',
    'script with charts alive, worst page, KB <= 250',
    'largest paint, worst page, ms < 1500',
    'layout shift, worst page <= 0',
    'tap to next paint, worst page, ms < 100',
    'figures, p95, worst page, ms < 50',
    'an open page shows what was posted, slowest, ms <= 2000',
  ])
}, 300_000)
