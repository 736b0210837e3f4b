/**
 * Kysely's dialect for ClickHouse. A server is given every value as a typed parameter, `{p1:String}`. The embedded engine takes
 * statements with such parameters one at a time for the whole process, so that a long one would keep all others waiting: there,
 * what is plainly harmless is written out as a literal of the same type, and only the rest is bound. Nothing else that a caller
 * passes is ever pasted into the SQL.
 */

import {
  CompiledQuery,
  DefaultQueryCompiler,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  type DatabaseConnection,
  type Dialect,
  type DatabaseIntrospector,
  type Driver,
  type QueryResult,
  type RawBuilder,
} from 'kysely'

/** Runs one statement with its bound parameters and gives its rows. */
export type RunQuery = (sql: string, parameters: Record<string, unknown>) => Promise<unknown[]>

export class ClickHouseDialect implements Dialect {
  readonly #run: RunQuery
  readonly #values: 'bound' | 'written'

  /** @param values `written`: those that are plainly harmless. */
  constructor(run: RunQuery, values: 'bound' | 'written' = 'bound') {
    this.#run = run
    this.#values = values
  }

  createDriver(): Driver {
    return new ClickHouseDriver(this.#run)
  }

  createQueryCompiler() {
    return this.#values === 'written' ? new WritingCompiler() : new ClickHouseCompiler()
  }

  /** Only asked whether the engine has transactional DDL and the like, which nothing here uses. */
  createAdapter() {
    return new PostgresAdapter()
  }

  createIntrospector(): DatabaseIntrospector {
    throw new Error('ClickHouse tables are described in store/tables.ts, not introspected')
  }
}

class ClickHouseDriver extends DummyDriver {
  readonly #run: RunQuery

  constructor(run: RunQuery) {
    super()
    this.#run = run
  }

  override acquireConnection(): Promise<DatabaseConnection> {
    const run = this.#run
    return Promise.resolve({
      async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        const bound = Object.fromEntries(parameters.map((value, i) => [`p${i + 1}`, value]))
        return { rows: (await run(sql, bound)) as R[] }
      },
      streamQuery() {
        throw new Error('streaming is not used')
      },
    })
  }
}

class ClickHouseCompiler extends DefaultQueryCompiler {
  protected override appendValue(value: unknown): void {
    this.addParameter(value)
    this.append(`{p${this.numParameters}:${typeOf(value)}}`)
  }

  protected override getLeftIdentifierWrapper(): string {
    return '`'
  }

  protected override getRightIdentifierWrapper(): string {
    return '`'
  }

  protected override sanitizeIdentifier(identifier: string): string {
    return identifier.replace(/[\\`]/g, '\\$&')
  }

  protected override appendStringLiteral(text: string): void {
    this.append(`'${text.replace(/[\\']/g, '\\$&')}'`)
  }
}

class WritingCompiler extends ClickHouseCompiler {
  protected override appendValue(value: unknown): void {
    const literal = harmlessLiteral(value)
    if (literal === undefined) super.appendValue(value)
    else this.append(literal)
  }
}

/** A literal of the type as which the value would be bound. Undefined where it is not plainly harmless, or has no type. */
function harmlessLiteral(value: unknown): string | undefined {
  const plain = plainLiteral(value)
  if (typeof value === 'number' && plain !== undefined) return `to${typeOf(value)}(${plain})`
  if (typeof value === 'bigint') return `toInt64(${value})`
  if (Array.isArray(value) && typeof value[0] !== 'string' && plain !== undefined)
    return `CAST(${plain}, '${typeOf(value)}')`
  return plain
}

/** As `harmlessLiteral`, of whichever type the engine finds large enough. */
function plainLiteral(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && /^[\w .:-]*$/.test(value)) return `'${value}'`
  if (!Array.isArray(value) || value.length === 0) return undefined
  const literals = value.map(plainLiteral)
  return literals.includes(undefined) ? undefined : `[${literals.join(', ')}]`
}

/**
 * A statement without a parameter, of values that are all harmless.
 * @throws TypeError where one is not.
 */
export function inlined(query: RawBuilder<unknown>): string {
  const unasked = () => Promise.reject(new Error('only compiles'))
  const { sql, parameters } = query.compile(new Kysely({ dialect: new ClickHouseDialect(unasked, 'written') }))
  if (parameters.length > 0) throw new TypeError('a value that must be bound')
  return sql
}

/** The ClickHouse type a JavaScript value is bound as. */
function typeOf(value: unknown): string {
  if (typeof value === 'string') return 'String'
  if (typeof value === 'boolean') return 'Bool'
  if (typeof value === 'bigint') return 'Int64'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'Int64' : 'Float64'
  if (Array.isArray(value) && value.length > 0) return `Array(${typeOf(value[0])})`
  throw new TypeError(`no ClickHouse type for a ${value === null ? 'null' : typeof value} parameter`)
}
