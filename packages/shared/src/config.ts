/** The one place that reads the environment (contract section 1). */

export interface Config {
  host: string
  port: number
  dataDir: string
  clickhouseUrl: string | undefined
  databaseUrl: string | undefined
  adminKey: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** Names the variable that is wrong, never its value: it may be a secret. */
export function readConfig(env: Environment = process.env): Config {
  const set = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const port = Number(set('PORT') ?? 3000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a number from 0 to 65535')
  for (const name of ['CLICKHOUSE_URL', 'DATABASE_URL']) {
    const url = set(name)
    if (url !== undefined && !URL.canParse(url)) throw new Error(`${name} must be a URL`)
  }
  const adminKey = set('ADMIN_KEY')
  if (adminKey !== undefined && !/^[\x21-\x7e]{1,512}$/.test(adminKey)) {
    throw new Error('ADMIN_KEY must be 1 to 512 printable ASCII characters without a space')
  }
  return {
    host: set('HOST') ?? '127.0.0.1',
    port,
    dataDir: set('DATA_DIR') ?? './data',
    clickhouseUrl: set('CLICKHOUSE_URL'),
    databaseUrl: set('DATABASE_URL'),
    adminKey,
  }
}
