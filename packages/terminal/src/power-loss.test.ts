/** A till that goes dark at any moment: every event whose call had returned is there, once, in its place. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOutbox } from './index.ts'
import { scriptedIngest, flyingClock, type ScriptedIngest } from './scripted-ingest.ts'

/** A till that records without end, alone and in groups, and says of each event that its call returned. */
const till = `
  import { openOutbox } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'index.ts')).href)}
  import { writeSync } from 'node:fs'
  const [url, file] = process.argv.slice(1)
  const outbox = openOutbox({ url, key: 'the-key', file, gatherMs: 0, batchEvents: 50 })
  const tills = ['10000001', '10000002'].map((no) => outbox.terminal('898584058120001', no))
  const say = (terminal, { recorded, durable, id, sequence }) =>
    writeSync(1, JSON.stringify([recorded && durable, terminal.source, sequence, id]) + '\\n')
  for (let n = 1; ; n += 1) {
    const terminal = tills[n % 2]
    const data = { checkoutId: String(n), items: [{ category: 'x'.repeat(n % 700) }] }
    if (n % 3 > 0) say(terminal, terminal.abandoned(data))
    else for (const receipt of outbox.recordAll(Array(n % 40).fill({ terminal, type: 'tillsight.checkout.abandoned', data }))) say(terminal, receipt)
    if (n % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
`

let dir: string
let ingest: ScriptedIngest
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tillsight-outbox-'))
  ingest = await scriptedIngest(flyingClock())
})
afterEach(async () => {
  await ingest.close()
  rmSync(dir, { recursive: true })
})

/** Gives what the till had said when it was killed. */
async function runAndKill(
  file: string,
  enough: (lines: number) => boolean,
): Promise<[boolean, string, number, string][]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', till, ingest.url, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    said += text
    if (enough(said.split('\n').length)) child.kill('SIGKILL')
  }
  const lines = said.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as [boolean, string, number, string])
}

test('every event whose call returned survives kill -9; numbers have neither gap nor repeat', async () => {
  const file = join(dir, 'queue')
  // Now taken, now not, so that the till is killed while it removes and while it retries.
  ingest.answerWith((_request, n) => (n % 3 === 0 ? { status: 503, headers: { 'retry-after': '0' } } : undefined))
  const said: [boolean, string, number, string][] = []
  for (let round = 0; round < 6; round += 1)
    said.push(...(await runAndKill(file, (lines) => lines > 150 + 170 * round)))
  expect(said.every(([durable]) => durable)).toBe(true)

  ingest.answerWith(() => undefined)
  const outbox = openOutbox({ url: ingest.url, key: 'the-key', file, gatherMs: 0 })
  await outbox.flush()
  await outbox.close()

  const numbers = new Map<string, string[]>()
  for (const [name, texts] of ingest.taken) {
    expect(texts.size, 'what came again was the same').toBe(1)
    const [source = '', id] = name.split(' ')
    const { sequence } = JSON.parse([...texts][0] ?? '') as { sequence: string }
    numbers.set(source, [...(numbers.get(source) ?? []), `${sequence} ${id ?? ''}`])
  }
  for (const [, source, sequence, id] of said) expect(numbers.get(source)).toContain(`${sequence} ${id}`)
  for (const own of numbers.values()) {
    const sorted = own.map((one) => parseInt(one)).sort((a, b) => a - b)
    expect(sorted).toEqual(sorted.map((_, i) => i + 1))
  }
})
