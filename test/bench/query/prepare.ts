/** A data directory with so many events; one that is there already is taken as it is. */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { addRegistry } from '../../support/data-dir.ts'
import type { Preparation, Prepared } from './prepare-process.ts'

/** @returns what is in it, which lies beside the data too. */
export async function prepare(preparation: Preparation): Promise<Prepared> {
  const { dataDir, exportTo } = preparation
  const note = join(dataDir, 'prepared.json')
  if (existsSync(note)) {
    const found = JSON.parse(await readFile(note, 'utf8')) as { preparation: Preparation; prepared: Prepared }
    if (sameData(found.preparation, preparation)) return found.prepared
  }
  await rm(dataDir, { recursive: true, force: true })
  await mkdir(dataDir, { recursive: true })
  await addRegistry(dataDir)
  if (exportTo !== undefined) await mkdir(exportTo, { recursive: true })
  const script = join(import.meta.dirname, 'prepare-process.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(preparation)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, code] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))),
  ])
  if (code !== 0) throw new Error(`the preparation ended with ${String(code)}`)
  const prepared = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Prepared
  await writeFile(note, JSON.stringify({ preparation, prepared }))
  return prepared
}

const sameData = (one: Preparation, other: Preparation): boolean =>
  (['books', 'merchants', 'events', 'seed', 'days', 'until', 'exportTo'] as const).every(
    (name) => one[name] === other[name],
  )
