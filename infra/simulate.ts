/** `npm run simulate`: an invented market posts through the client, as load. What it can be told: `simulate/options.ts`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from './display.ts'
import { BadOption, readOptions, usage, type Options } from './simulate/options.ts'
import { run } from './simulate/run.ts'
import { openTarget } from './simulate/target.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  })
}
const directory = mkdtempSync(join(tmpdir(), 'tillsight-simulate-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) console.log(usage)
  else if (!(await simulate(options))) process.exitCode = 1
} catch (error) {
  console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof BadOption) console.error('\nnpm run simulate -- --help lists the options.')
  process.exitCode = error instanceof BadOption ? 2 : 1
}

/** Whether everything was answered. */
async function simulate(options: Options): Promise<boolean> {
  say('Registering the shops …')
  const target = await openTarget(options, directory)
  try {
    const { own } = target
    void own?.house.ended.then(() => {
      if (!stopping.signal.aborted) say('Its Tillsight has ended.')
      stopping.abort()
    })
    const allAnswered = await run(options, target, { directory, signal: stopping.signal })
    if (own !== undefined && !stopping.signal.aborted) {
      say('Its Tillsight stays up for you to look around in, until Ctrl-C.')
      await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
    }
    return allAnswered
  } finally {
    await target.leave()
  }
}
