/** Tillsight, and what it leans on, as processes of their own: waited for, spoken to, and ended by their own pid. */

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { callsTo, type House } from './house.ts'

interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface TestProcess {
  pid: number
  exited: Promise<Exit>
  /** What it has written so far, to either stream. */
  output(): string
  /** Sends the signal, where it still runs, and waits for its end. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<Exit>
}

export interface ServerProcess extends TestProcess, Pick<House, 'call' | 'json'> {
  url: string
  /** The operator key, where one was made at this start. */
  newOperatorKey: string | undefined
}

const root = join(import.meta.dirname, '../..')
export const standalone = join(root, 'infra/standalone.ts')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
/** What `npm start` has node run: its flags, and the script. */
const [, ...npmStart] = scripts.start.split(' ')
/** Most of a start is reading the sources: what one process has compiled, the next takes from here. */
const compiled = join(root, 'node_modules/.cache/tillsight-compiled')
const startsWithinMs = 30_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs `node <script> <args>` with nothing in its environment but what is given, until it has printed `ready`. Flags of node may
 * come before the script.
 * @param withinMs how long that may take.
 */
export async function startProcess(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
  withinMs = startsWithinMs,
): Promise<TestProcess & { ready: RegExpExecArray }> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE: compiled, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const exited = new Promise<Exit>((resolve) => {
    // Not 'exit': what it wrote last is to be read first.
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  })
  const printed = new Promise<RegExpExecArray>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const match = ready.exec(output)
        if (match !== null) resolve(match)
      })
    }
  })
  const own: TestProcess = {
    pid: child.pid ?? -1,
    exited,
    output: () => output,
    kill(signal) {
      child.kill(signal)
      return exited
    },
  }
  return { ...own, ready: await started(own, printed, withinMs) }
}

/** What `work` gives, unless the process ends before it or takes too long: then it is ended, and told of. */
async function started<T>(own: TestProcess, work: Promise<T>, withinMs: number): Promise<T> {
  const timeUp = new AbortController()
  const first = await Promise.race([
    work.then((value) => ({ value })),
    own.exited.then(({ code, signal }) => ({ failure: `it ended with ${code ?? signal ?? 'nothing'}` })),
    pause(withinMs, { failure: `it was not ready within ${withinMs} ms` }, { signal: timeUp.signal }),
  ])
  timeUp.abort()
  if ('value' in first) return first.value
  await own.kill('SIGKILL')
  throw new Error(`${first.failure}:\n${own.output()}`)
}

/**
 * `npm start` without the build step (`npm test` builds first). Listens on a free port of the loopback; ready to take events when this resolves.
 * @param environment as in contract section 1; DATA_DIR is required, so that no test writes into `./data`.
 */
export async function startServerProcess(
  environment: Readonly<Record<string, string>> & { DATA_DIR: string },
): Promise<ServerProcess> {
  const [first = standalone, ...others] = npmStart
  const { ready, ...own } = await startProcess(
    first,
    others,
    { PORT: '0', ...environment },
    /listening on (http:\S+)\n/,
  )
  const url = ready[1] ?? ''
  await started(own, isReady(url, own), startsWithinMs)
  const [, newOperatorKey] = /Operator key, shown only this once: (\S+)/.exec(own.output()) ?? []
  return { ...own, ...callsTo(url), url, newOperatorKey }
}

async function isReady(url: string, own: TestProcess): Promise<void> {
  let ended = false
  void own.exited.then(() => (ended = true))
  while (!ended) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.status === 200) return
    await pause(20)
  }
}
