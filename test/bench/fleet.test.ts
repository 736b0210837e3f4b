/** The benchmark in miniature: it runs, and says all that it should. How fast anything is, is not asked here. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Figure } from './report.ts'

test('bench:fleet opens a page of a provider on a slow phone, asks for its figures, and writes figures and goals', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'fleet.json')
  const script = join(import.meta.dirname, 'fleet.ts')
  const quick = '--events 1000 --merchants 50 --days 30 --page compatibility --rounds 1 --requests 1'.split(' ')
  await promisify(execFile)(process.execPath, [script, ...quick, '--json', file])
  const { figures } = JSON.parse(await readFile(file, 'utf8')) as { figures: Figure[] }

  expect(figures.map(({ name }) => name)).toEqual([
    'compatibility, script before interaction',
    'compatibility, script with charts alive',
    'compatibility, largest paint',
    'compatibility, layout shift',
    'compatibility, tap to next paint',
    'compatibility, all shown',
    'compatibility, figures for the first time, p50',
    'compatibility, figures for the first time, p95',
  ])
  expect(figures.filter(({ name, value }) => !(value > 0) && name !== 'compatibility, layout shift')).toEqual([])
}, 300_000)
