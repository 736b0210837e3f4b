/**
 * (a) and (a'), a process of its own: the engine alone, on a fresh directory with our tables and whatever hangs on them. Takes
 * `node engine.ts <data directory> <directory of row blocks>`; each POST /run is one span.
 */

import { createClient, type ClickHouseClientConfigOptions } from '@clickhouse/client'
import { migrate } from '@tillsight/shared/store/migrate.ts'
import { createChdbConnection } from 'chdb/connection'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { listen } from './listen.ts'
import { Stamped } from './stamped.ts'

export interface EngineRun {
  form: 'json' | 'native'
  /** Row blocks of 10,000 to an insert. */
  blocks: number
  warmupMs: number
  ms: number
}

export interface EngineAnswer {
  rows: number
  seconds: number
  cpuSeconds: number
  /** Of each insert. */
  milliseconds: number[]
}

/** `sent`, all that were ever inserted here, warm-ups among them; `stored`, those that are there and distinct. */
export interface EngineCount {
  sent: number
  stored: number
}

const [dataDir = '', blocksDir = ''] = process.argv.slice(2)
mkdirSync(dataDir, { recursive: true })
// The two packages each bundle their own copy of the same interface.
type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>
const client = createClient({
  connection: createChdbConnection({ path: join(dataDir, 'clickhouse') }) as unknown as Connection,
})
await migrate(client)

const blocks = readdirSync(blocksDir)
  .sort()
  .map((name) => readFileSync(join(blocksDir, name)))
const firstRow = JSON.parse(blocks[0]?.toString().split('\n', 1)[0] ?? '{}') as object
const columns = Object.keys(firstRow)
const rowsOf = (block: Buffer): number => block.toString('latin1').split('\n').length
const rowsPerBlock = blocks[0] === undefined ? 0 : rowsOf(blocks[0])
const structure = await structureOf(columns)

type Insert = () => Promise<unknown>
/** Makes the next insert ready, which is not measured, and gives what is. */
type Prepare = () => Insert

let sent = 0
const prepared = new Map<string, Promise<Prepare>>()

listen(
  createServer((request, response) => {
    void text(request)
      .then(async (body) => (request.url === '/count' ? await count() : await run(JSON.parse(body) as EngineRun)))
      .then(
        (answer) => response.end(JSON.stringify(answer)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  }),
)

async function run({ form, blocks: inserted, warmupMs, ms }: EngineRun): Promise<EngineAnswer> {
  const key = `${form} ${inserted}`
  const prepare = prepared.get(key) ?? (form === 'json' ? Promise.resolve(prepareJson()) : prepareNative(inserted))
  prepared.set(key, prepare)
  const rows = rowsPerBlock * inserted
  await insertFor(await prepare, rows, warmupMs)
  return insertFor(await prepare, rows, ms)
}

/** Inserts one after the other; only their own time and processor time count. */
async function insertFor(prepare: Prepare, rows: number, ms: number): Promise<EngineAnswer> {
  const answer: EngineAnswer = { rows: 0, seconds: 0, cpuSeconds: 0, milliseconds: [] }
  while (answer.seconds * 1000 < ms) {
    const insert = prepare()
    const cpu = process.cpuUsage()
    const start = performance.now()
    await insert()
    const took = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    answer.rows += rows
    answer.seconds += took / 1000
    answer.cpuSeconds += (user + system) / 1e6
    answer.milliseconds.push(took)
    sent += rows
  }
  return answer
}

function prepareJson(): Prepare {
  const next = inTurn(blocks.map((block) => new Stamped(Buffer.from(block))))
  return () => {
    const query = `INSERT INTO checkout_events (${columns.join()}) FORMAT JSONEachRow\n${next('j').toString()}`
    return () => client.command({ query })
  }
}

/** Native files, written by the engine itself from the same rows. */
async function prepareNative(inserted: number): Promise<Prepare> {
  const files: Stamped[] = []
  for (let first = 0; first + inserted <= blocks.length; first += inserted) {
    const file = join(dataDir, `prepared-${inserted}-${first}.native`)
    const rows = Buffer.concat(blocks.slice(first, first + inserted).flatMap((block) => [block, Buffer.from('\n')]))
    await client.command({
      query: `INSERT INTO FUNCTION file('${file}', 'Native', '${structure}')
              SETTINGS input_format_parallel_parsing = 0
              FORMAT JSONEachRow\n${rows.toString().trimEnd()}`,
    })
    files.push(new Stamped(readFileSync(file)))
  }
  const next = inTurn(files)
  const file = join(dataDir, `stamped-${inserted}.native`)
  return () => {
    writeFileSync(file, next(String(inserted)))
    const query = `INSERT INTO checkout_events (${columns.join()}) SELECT * FROM file('${file}', 'Native', '${structure}')`
    return () => client.command({ query })
  }
}

function inTurn(stamped: readonly Stamped[]): (sender: string) => Buffer {
  let i = 0
  return (sender) => {
    const one = stamped[i++ % stamped.length]
    if (one === undefined) throw new Error('there are too few rows for a single insert')
    return one.next(sender)
  }
}

/** As the table has the columns, so that nothing is converted on the way. */
async function structureOf(names: readonly string[]): Promise<string> {
  const result = await client.query({ query: 'DESCRIBE TABLE checkout_events', format: 'JSONEachRow' })
  const described = await result.json<{ name: string; type: string }>()
  const types = new Map(described.map(({ name, type }) => [name, type]))
  return names.map((name) => `${name} ${types.get(name) ?? 'String'}`.replaceAll("'", "\\'")).join(', ')
}

async function count(): Promise<EngineCount> {
  const result = await client.query({
    query: 'SELECT toUInt32(uniqExact(merchantNo, terminalNo, id)) AS stored FROM checkout_events',
    format: 'JSONEachRow',
  })
  const [row] = await result.json<{ stored: number }>()
  return { sent, stored: row?.stored ?? 0 }
}
