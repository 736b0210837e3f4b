/** A running Tillsight on stores of its own, and the calls that tests make to it. */

import type { Listener } from '@tillsight/dashboard/src/mount.ts'
import type { RunningServer } from '@tillsight/infra/server.ts'
import { readConfig } from '@tillsight/shared/config.ts'
import { rm } from 'node:fs/promises'
import { newDataDir } from './data-dir.ts'

export const adminKey = 'the-operator-of-the-tests'

export interface House extends RunningServer {
  readonly dataDir: string
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  /** As `call`, for JSON answers; fails where the status is not `expected`. */
  json<T>(method: string, path: string, options?: CallOptions & { expected?: number }): Promise<T>
}

export interface CallOptions {
  /** Default: the operator's; null for none. */
  key?: string | null
  body?: unknown
  headers?: Record<string, string>
}

type OpenPages = () => Promise<Listener>

const noPages: OpenPages = () => Promise.resolve((_request, response) => response.writeHead(404).end())

/** `environment` as in contract section 1; the data directory is a new one that goes with the house. */
export async function openHouse(environment: Record<string, string> = {}, pages: OpenPages = noPages): Promise<House> {
  // Loaded here: many a process only calls a house, and would be a second later for it.
  const { startServer } = await import('@tillsight/infra/server.ts')
  const dataDir = await newDataDir()
  const config = readConfig({ PORT: '0', DATA_DIR: dataDir, ADMIN_KEY: adminKey, ...environment })
  const server = await startServer(config, pages)
  return {
    ...callsTo(server.url),
    ...server,
    dataDir,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function callsTo(url: string): Pick<House, 'call' | 'json'> {
  const call: House['call'] = (method, path, { key = adminKey, body, headers = {} } = {}) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    return fetch(url + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as NonNullable<RequestInit['body']>) : JSON.stringify(body) }),
    })
  }
  return {
    call,
    async json<T>(
      method: string,
      path: string,
      { expected = 200, ...options }: CallOptions & { expected?: number } = {},
    ) {
      const response = await call(method, path, options)
      const text = await response.text()
      if (response.status !== expected)
        throw new Error(`${method} ${path}: ${response.status} instead of ${expected}: ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
  }
}

export interface Shop {
  providerId: string
  merchantNo: string
  timeZone?: string
  terminals: readonly string[]
}

export async function register(
  house: Pick<House, 'json'>,
  { providerId, merchantNo, timeZone = 'Asia/Shanghai', terminals }: Shop,
) {
  const put = (path: string, body: unknown) => putEither(house, path, body)
  await put(`/api/v1/providers/${providerId}`, { name: `Provider ${providerId}` })
  await put(`/api/v1/merchants/${merchantNo}`, {
    name: `Shop ${merchantNo}`,
    providerId,
    mcc: '5812',
    region: '440106',
    timeZone,
  })
  for (const terminalNo of terminals) {
    await put(`/api/v1/merchants/${merchantNo}/terminals/${terminalNo}`, {
      serialNo: `SN${terminalNo}`,
      deviceType: '04',
      vendor: 'Invented',
      model: 'I9',
      firmware: '1.0.0',
      retiredOn: null,
    })
  }
}

async function putEither(house: Pick<House, 'json'>, path: string, body: unknown): Promise<void> {
  await house.json('PUT', path, { body, expected: 201 }).catch(() => house.json('PUT', path, { body }))
}

/** Issues a key and gives its secret. */
export async function keyFor(house: Pick<House, 'json'>, holder: Record<string, string>): Promise<string> {
  const { key } = await house.json<{ key: string }>('POST', '/api/v1/keys', { body: holder, expected: 201 })
  return key
}

/** Posts events as a batch; all must be accepted. */
export async function post(house: Pick<House, 'json'>, events: readonly unknown[], key?: string): Promise<void> {
  for (let i = 0; i < events.length; i += 5000) {
    const answer = await house.json<{ accepted: number; rejected: unknown[] }>('POST', '/v1/events', {
      ...(key === undefined ? {} : { key }),
      body: JSON.stringify(events.slice(i, i + 5000)),
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    })
    if (answer.rejected.length > 0) throw new Error(`refused: ${JSON.stringify(answer.rejected.slice(0, 3))}`)
  }
}
