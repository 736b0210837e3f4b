/** An import whose server is killed in the middle of it: the page says how far it came and what was refused, and the same file goes on. */

import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { newDataDir } from '../support/data-dir.ts'
import { adminKey, keyFor } from '../support/house.ts'
import { startServerProcess, type ServerProcess } from '../support/process.ts'

const rows = 6_000
/** As a spreadsheet counts: the first one is row 2. */
const numberOf = (row: number): string => `89858405${String(row).padStart(7, '0')}`
const refusedRow = rows + 2
const file = [
  'kind,merchantNo,name,mcc,region',
  ...Array.from({ length: rows }, (_, i) => `merchant,${numberOf(i + 2)},Shop,5812,440106`),
  `merchant,${numberOf(refusedRow)},Shop,58,440106`,
].join('\n')

test('an import that a restart interrupted says so, with how far it came, and is not doubled by the same file', async () => {
  const DATA_DIR = await newDataDir()
  let server: ServerProcess | undefined
  try {
    server = await startServerProcess({ DATA_DIR, ADMIN_KEY: adminKey })
    await server.json('PUT', '/api/v1/providers/p1', { body: { name: 'P' }, expected: 201 })
    const key = await keyFor(server, { role: 'provider', providerId: 'p1' })
    const visitor = visitorOf(key)
    const begun = await visitor.upload(server)
    const first = server
    expect(await visitor.read(first, begun)).toContain(`确认写入 ${rows.toLocaleString('en')} 行`)
    await visitor.write(first, begun)
    // How far it came is kept each second.
    const written = async (): Promise<number> => writtenIn(await visitor.read(first, begun))
    await expect.poll(written, { timeout: 30_000, interval: 200 }).toBeGreaterThan(0)
    const beganAt = Date.now()
    await expect.poll(() => Date.now() - beganAt > 1_500, { timeout: 5_000 }).toBe(true)
    expect(await written()).toBeGreaterThan(0)
    await server.kill('SIGKILL')

    server = await startServerProcess({ DATA_DIR })
    const again = server
    await expect.poll(() => visitor.read(again, begun), { timeout: 30_000, interval: 500 }).toContain('服务器重启了')
    const left = await visitor.read(again, begun)
    expect(left).toMatch(
      new RegExp(`第 ${refusedRow.toLocaleString('en')} 行.*商户 ${numberOf(refusedRow)}.*mcc 应为`, 's'),
    )
    const kept = whole(/文件里到第 ([\d,]+) 行为止/.exec(left)?.[1] ?? '0')
    expect([kept > 1, kept < rows]).toEqual([true, true])
    for (const row of [2, kept]) await again.json('GET', `/api/v1/merchants/${numberOf(row)}`, { key })

    const preview = await visitor.read(again, await visitor.upload(again))
    const [added, changed, same] =
      /新增 ([\d,]+)，更新 ([\d,]+)，无变化 ([\d,]+)/.exec(preview)?.slice(1).map(whole) ?? []
    expect([changed, (added ?? 0) + (same ?? 0), (same ?? 0) >= kept - 1]).toEqual([0, rows, true])
  } finally {
    await server?.kill('SIGKILL')
    await rm(DATA_DIR, { recursive: true, force: true })
  }
})

const whole = (text: string): number => Number(text.replaceAll(',', ''))
const writtenIn = (page: string): number => whole(/正在写入：([\d,]+) \//.exec(page)?.[1] ?? '-1')

/** Forms as a browser without script posts them. */
function visitorOf(key: string) {
  const headers = { accept: 'text/html', cookie: `tillsight_key=${key}` }
  const posted = async ({ url }: ServerProcess, action: string, body: FormData): Promise<string> => {
    const path = `${url}/p/p1/registry?/${action}`
    const answer = await fetch(path, { method: 'POST', headers: { ...headers, origin: url }, body, redirect: 'manual' })
    expect(answer.status).toBe(303)
    return new URL(answer.headers.get('location') ?? '', url).searchParams.get('import') ?? ''
  }
  return {
    upload(server: ServerProcess) {
      const body = new FormData()
      body.set('file', new File([file], 'shops.csv', { type: 'text/csv' }))
      return posted(server, 'preview', body)
    },
    write(server: ServerProcess, id: string) {
      const body = new FormData()
      body.set('import', id)
      return posted(server, 'import', body)
    },
    async read({ url }: ServerProcess, id: string): Promise<string> {
      return (await fetch(`${url}/p/p1/registry?import=${id}`, { headers })).text()
    },
  }
}
