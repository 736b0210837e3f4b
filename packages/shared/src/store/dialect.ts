/**
 * Kysely's dialect for ClickHouse. Every value is bound on the server as a typed parameter, `{p1:String}`; nothing a caller
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

  constructor(run: RunQuery) {
    this.#run = run
  }

  createDriver(): Driver {
    return new ClickHouseDriver(this.#run)
  }

  createQueryCompiler() {
    return new ClickHouseCompiler()
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

/**
 * Compiles a statement with its values written out. The embedded engine binds parameters for one query at a time, so a long
 * statement of ours would keep every reader waiting. Only for values of ours: whatever is not plainly harmless is refused.
 */
export function inlined(query: RawBuilder<unknown>): string {
  const db = new Kysely<unknown>({ dialect: new InliningDialect(() => Promise.reject(new Error('only compiles'))) })
  return query.compile(db).sql
}

class InliningDialect extends ClickHouseDialect {
  override createQueryCompiler() {
    return new InliningCompiler()
  }
}

class InliningCompiler extends ClickHouseCompiler {
  protected override appendValue(value: unknown): void {
    this.append(literal(value))
  }
}

function literal(value: unknown): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && /^[\w .:-]*$/.test(value)) return `'${value}'`
  if (Array.isArray(value) && value.length > 0) return `[${value.map(literal).join(', ')}]`
  throw new TypeError('a value that must be bound')
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
