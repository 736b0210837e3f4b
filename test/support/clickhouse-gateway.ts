/**
 * ClickHouse's HTTP interface, as much of it as `@clickhouse/client` uses, in front of embedded chDB: for what is reached by
 * CLICKHOUSE_URL the client and the engine are the real ones, and only the wire is ours. A process of its own, because a
 * process has one chDB data directory, and so that it can be stopped and started.
 *
 *   node test/support/clickhouse-gateway.ts <dataDir> <port>
 */

import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { startProcess, type TestProcess } from './process.ts'

/** Starts it and gives its CLICKHOUSE_URL. `port` 0: any that is free. */
export async function startGateway(dataDir: string, port = 0): Promise<TestProcess & { url: string }> {
  const { ready, ...own } = await startProcess(
    import.meta.filename,
    [dataDir, String(port)],
    {},
    /ClickHouse gateway on (http:\S+)\n/,
  )
  return { ...own, url: ready[1] ?? '' }
}

/** `http_max_uri_size` and `http_max_field_value_size` of a server that nobody has configured. */
const largestUri = 1_048_576
const largestField = 131_072

/** As the server writes it into the body, and the client reads it from there. */
class Exception extends Error {
  readonly type: string
  readonly code: string

  constructor(whole: string) {
    super(whole)
    this.code = /^Code: (\d+)/.exec(whole)?.[1] ?? '1002'
    this.type = /\(([A-Z0-9_]{3,})\)[^()]*$/.exec(whole)?.[1] ?? 'UNKNOWN_EXCEPTION'
  }

  get status(): number {
    if (/^UNKNOWN_(?:TABLE|DATABASE|IDENTIFIER|FUNCTION)$/.test(this.type)) return 404
    return /SYNTAX_ERROR|PARSE|BAD_|UNKNOWN_|_MISMATCH|ILLEGAL/.test(this.type) ? 400 : 500
  }
}

const refusal = (code: number, type: string, detail: string) =>
  new Exception(`Code: ${code}. DB::Exception: ${detail}. (${type})`)

interface Statement {
  sql: string
  data: Buffer
  parameters: Record<string, unknown>
  settings: Record<string, string>
}

/** Address parameters that are no settings. The statement's identity and who asks mean nothing here. */
const notSettings = /^(?:query|query_id|role|user|password|quota_key)$|^param_/

const nothing = Buffer.alloc(0)

async function statementOf(request: IncomingMessage): Promise<Statement> {
  const address = request.url ?? '/'
  if (address.length > largestUri) throw refusal(1000, 'POCO_EXCEPTION', 'URI Too Long')
  const fields = new Map(new URL(address, 'http://gateway').searchParams)
  const body = await buffer(request)
  const contentType = request.headers['content-type'] ?? ''
  const isForm = contentType.startsWith('multipart/form-data')
  if (isForm) {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value)
  }
  for (const [name, value] of fields) {
    if (Buffer.byteLength(value) > largestField && !(isForm && name === 'query')) {
      throw refusal(1000, 'POCO_EXCEPTION', `HTML Form Exception: Field value too long: ${name}`)
    }
  }
  for (const name of ['session_id', 'database']) {
    if (fields.has(name)) throw refusal(48, 'NOT_IMPLEMENTED', `The gateway knows no ${name}`)
  }
  const inAddress = fields.get('query')
  const sql = inAddress ?? body.toString()
  if (/^[^;]*\bTEMPORARY TABLE\b/i.test(sql)) throw refusal(48, 'NOT_IMPLEMENTED', 'The gateway keeps no session')
  const data = inAddress === undefined || isForm ? nothing : body
  const isNative = /\bFORMAT\s+Native\s*$/i.test(sql)
  // The embedded engine would take the end of the data here, and run the rest as a statement.
  if (!isNative && /\n\s*\n/.test(data.toString().trim())) {
    throw refusal(48, 'NOT_IMPLEMENTED', 'The gateway takes no blank line in data')
  }
  return {
    sql,
    data,
    parameters: boundParameters(sql, fields),
    settings: Object.fromEntries([...fields].filter(([name]) => !notSettings.test(name))),
  }
}

/** Values arrive as text of the type that their placeholder names; chDB's binding wants the value itself. */
function boundParameters(sql: string, fields: ReadonlyMap<string, string>): Record<string, unknown> {
  const bound: Record<string, unknown> = {}
  for (const [, name = '', type = ''] of sql.matchAll(/\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g)) {
    const value = fields.get(`param_${name}`)
    if (value === undefined) continue
    if (/^(?:Tuple|Map|Object|JSON)\b/.test(type)) throw refusal(48, 'NOT_IMPLEMENTED', `The gateway binds no ${type}`)
    bound[name] = type.startsWith('Array(') ? arrayIn(value) : value === '\\N' ? null : unescaped(value)
  }
  return bound
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', 0: '\0' }
const unescaped = (value: string): string =>
  value.replace(/\\(.)/gs, (_all, letter: string) => escapes[letter] ?? letter)

/** `[1,'it\'s',[NULL,TRUE]]` */
function arrayIn(value: string): unknown {
  const tokens = value.match(/\[|\]|'(?:\\.|[^'\\])*'|[^[\],'\s]+/gs) ?? []
  let next = 0
  const item = (): unknown => {
    const token = tokens[next++] ?? ''
    if (token === '[') {
      const items: unknown[] = []
      while (next < tokens.length && tokens[next] !== ']') items.push(item())
      next += 1
      return items
    }
    if (token.startsWith("'")) return unescaped(token.slice(1, -1))
    if (token === 'NULL') return null
    if (/^(?:TRUE|FALSE)$/i.test(token)) return token.toUpperCase() === 'TRUE'
    if (/^-?\d+$/.test(token)) return BigInt(token)
    if (token === '' || Number.isNaN(Number(token)))
      throw refusal(26, 'CANNOT_PARSE_QUOTED_STRING', `Bad array: ${token}`)
    return Number(token)
  }
  return item()
}

/** A chDB connection runs one statement at a time and keeps the settings it was given, so each serves one set of settings. */
class Engine {
  readonly #open: () => ClickHouseClient
  /** Where inserts in binary formats pass through: the embedded engine takes those from files only. */
  readonly #spool: string
  #spooled = 0
  readonly #idle = new Map<string, ClickHouseClient[]>()
  readonly #all: ClickHouseClient[] = []
  readonly #waiting: (() => void)[] = []
  /** Libuv has four threads. */
  #free = 4

  constructor(open: () => ClickHouseClient, spool: string) {
    this.#open = open
    this.#spool = spool
  }

  async run(statement: Statement): Promise<Buffer> {
    if (statement.data.length === 0 || !statement.sql.endsWith('FORMAT Native')) return this.#run(statement)
    const file = `${this.#spool}-${++this.#spooled}.native`
    await writeFile(file, statement.data)
    try {
      const sql = statement.sql.replace(/FORMAT Native$/, `SELECT * FROM file('${file}', 'Native')`)
      return await this.#run({ ...statement, sql, data: nothing })
    } finally {
      await rm(file)
    }
  }

  async #run({ sql, data, parameters, settings }: Statement): Promise<Buffer> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free -= 1
    const key = JSON.stringify(settings)
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    const client = idle.pop() ?? this.#another()
    try {
      const { stream } = await client.exec({
        query: sql,
        query_params: parameters,
        clickhouse_settings: settings,
        ...(data.length === 0 ? {} : { values: data.toString() as never }),
      })
      return await buffer(stream)
    } catch (error) {
      const { cause } = error as Error
      throw cause instanceof Error ? new Exception(cause.message) : error
    } finally {
      idle.push(client)
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  #another(): ClickHouseClient {
    const client = this.#open()
    this.#all.push(client)
    return client
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.close()))
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, engine: Engine): Promise<void> {
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gateway')
    response.setHeader('x-clickhouse-query-id', searchParams.get('query_id') ?? '')
    response.setHeader('x-clickhouse-timezone', 'UTC')
    if (pathname === '/ping') {
      response.end('Ok.\n')
      return
    }
    if (pathname !== '/') throw refusal(48, 'NOT_IMPLEMENTED', `There is no handle ${pathname}`)
    const result = await engine.run(await statementOf(request))
    response.setHeader('x-clickhouse-summary', JSON.stringify({ read_rows: '0', written_rows: '0', result_rows: '0' }))
    response.end(result)
  } catch (error) {
    const exception = error instanceof Exception ? error : new Exception(String(error))
    response.statusCode = exception.status
    response.setHeader('x-clickhouse-exception-code', exception.code)
    response.end(`${exception.message} (version 26.7, chDB)\n`)
  }
}

async function serve(dataDir: string, port: number): Promise<void> {
  const { createChdbConnection } = await import('chdb/connection')
  type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>
  const engine = new Engine(
    () => createClient({ connection: createChdbConnection({ path: dataDir }) as unknown as Connection }),
    `${dataDir}/insert`,
  )
  // Opens the directory now: what is wrong with it is told at the start.
  await engine.run({ sql: 'SELECT 1', data: nothing, parameters: {}, settings: {} })
  const server = createServer(
    { maxHeaderSize: 2 * largestUri, keepAliveTimeout: 10_000 },
    (request, response) => void answer(request, response, engine),
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  process.once('SIGTERM', () => {
    server.close(() => void engine.close().then(() => process.exit(0)))
  })
  console.log(`ClickHouse gateway on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

if (import.meta.main) {
  const [dataDir = '', port = '0'] = process.argv.slice(2)
  await serve(dataDir, Number(port))
}
