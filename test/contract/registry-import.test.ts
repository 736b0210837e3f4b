/** Contract section 3: the registry in bulk. Every row that can be taken is, every other is named. */

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKey, keyFor, openHouse, register, type House } from '../support/house.ts'
import { expectProblem, verdictOn } from './answers.ts'
import { abandoned, sourceOf } from './samples.ts'

interface Imported {
  accepted: number
  refused: { row: number; pointer: string; detail: string }[]
}

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo: '898584058120001', terminals: ['10000001'] })
  await register(house, { providerId: 'p2', merchantNo: '898584058120002', terminals: ['10000001'] })
})
afterAll(() => house.stop())

const post = (type: string, body: string | Uint8Array, key = adminKey, headers: Record<string, string> = {}) =>
  house.call('POST', '/api/v1/registry/import', { key, body, headers: { 'content-type': type, ...headers } })

async function imported(type: string, body: string, key?: string): Promise<Imported> {
  const response = await post(type, body, key)
  expect(response.status).toBe(200)
  return (await response.json()) as Imported
}
const [ndjson, csv] = ['application/x-ndjson', 'text/csv']
const refusals = ({ refused }: Imported) => refused.map(({ row, pointer }) => [row, pointer])
const rows = (...records: object[]): string => records.map((record) => JSON.stringify(record)).join('\n')

const provider = { kind: 'provider', providerId: 'p7', name: 'Seven', sharedTokens: true }
const merchant = {
  kind: 'merchant',
  merchantNo: '898584058120007',
  name: 'Shop',
  providerId: 'p7',
  mcc: '5812',
  region: '440106',
}
const terminal = {
  kind: 'terminal',
  merchantNo: '898584058120007',
  terminalNo: '70000001',
  model: 'A920',
  retiredOn: null,
}

test('lines of JSON are taken in order, so that a row may rest on the rows before it', async () => {
  expect(await imported(ndjson, rows(provider, merchant, terminal))).toMatchObject({
    accepted: 3,
    providers: 1,
    merchants: 1,
    terminals: 1,
    refused: [],
  })
  expect(await house.json('GET', '/api/v1/providers/p7')).toMatchObject({ name: 'Seven', sharedTokens: true })
  expect(await house.json('GET', '/api/v1/merchants/898584058120007')).toMatchObject({
    providerId: 'p7',
    timeZone: 'Asia/Shanghai',
  })
  expect(await house.json('GET', '/api/v1/merchants/898584058120007/terminals/70000001')).toMatchObject({
    model: 'A920',
    serialNo: null,
  })
})

test('a row that is nested too deeply to be written again is refused like any other, and the rest is taken', async () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  const body = `{"kind":"terminal","merchantNo":${deep},"terminalNo":"10000001"}\n${rows({ ...provider, providerId: 'deep' })}`
  const answer = await imported(ndjson, body)
  expect(refusals(answer)).toEqual([[1, '/merchantNo']])
  expect(answer).toMatchObject({ accepted: 1, providers: 1 })
})

test('the same rows again change nothing', async () => {
  const before = await house.json('GET', '/api/v1/merchants/898584058120007/terminals')
  expect(await imported(ndjson, rows(provider, merchant, terminal))).toMatchObject({ accepted: 3, refused: [] })
  expect(await house.json('GET', '/api/v1/merchants/898584058120007/terminals')).toEqual(before)
})

test('what can not be taken is named by its row, and the others are taken', async () => {
  const body = [
    rows({ ...merchant, mcc: 'x' }),
    rows({ ...provider, kind: 'shop' }),
    '{"kind":',
    '[]',
    rows({ ...terminal, merchantNo: '898584058120999' }),
    rows({ ...terminal, terminalNo: 70000002 }),
    rows({ ...terminal, retiredOn: '2026-02-30' }),
    rows({ ...merchant, providerId: 'p999' }),
    rows({ ...merchant, merchantNo: '\0' }),
    rows({ ...terminal, terminalNo: '70000002' }),
  ].join('\r\n')
  const answer = await imported(ndjson, body)
  expect(answer.accepted).toBe(1)
  expect(refusals(answer)).toEqual([
    [1, '/mcc'],
    [2, '/kind'],
    [3, ''],
    [4, ''],
    [5, '/merchantNo'],
    [6, '/terminalNo'],
    [7, '/retiredOn'],
    [8, '/providerId'],
    [9, '/merchantNo'],
  ])
  expect(answer.refused.every(({ detail }) => detail.length > 0)).toBe(true)
  await house.json('GET', '/api/v1/merchants/898584058120007/terminals/70000002')
})

test.each([
  [ndjson, '{}\n'],
  [csv, 'a\n'],
])('more rows than fit in memory are refused as a whole: %s', async (type, row) => {
  await expectProblem(await post(type, row.repeat(250_002)), 413)
})

describe('CSV', () => {
  const head =
    'kind,providerId,merchantNo,terminalNo,name,mcc,region,timeZone,serialNo,deviceType,model,retiredOn,sharedTokens'
  const lines = [
    head,
    'provider,p8,,,"Eight, ""the"" provider",,,,,,,,true',
    'merchant,p8,898584058120008,,花店,5812,440106,,,,,,',
    'terminal,,898584058120008,80000001,,,,,"SN\n2",04,A920,2026-12-31,',
  ]
  test.each([
    ['plain', lines.join('\n')],
    ['with CRLF and a last line end', `${lines.join('\r\n')}\r\n`],
    ['with a byte order mark', `\uFEFF${lines.join('\n')}`],
    ['with blank lines', lines.join('\n\n')],
    ['with spaces around cells', lines.join('\n').replaceAll('terminal,', ' terminal , ')],
    ['with empty cells to the right', lines.map((line) => `${line},,`).join('\n')],
    ['with fewer cells', lines.join('\n').replace(/,+\nterminal/, '\nterminal')],
  ])('%s', async (_what, body) => {
    // An illegal character in a name is refused, and a line end in a quoted cell is one.
    const answer = await imported(csv, body.replace('SN\n2', 'SN 2'))
    expect(answer).toMatchObject({ accepted: 3, refused: [] })
    expect(await house.json('GET', '/api/v1/providers/p8')).toEqual({
      providerId: 'p8',
      name: 'Eight, "the" provider',
      sharedTokens: true,
    })
    expect(await house.json('GET', '/api/v1/merchants/898584058120008')).toMatchObject({ name: '花店' })
    expect(await house.json('GET', '/api/v1/merchants/898584058120008/terminals/80000001')).toMatchObject({
      serialNo: 'SN 2',
      deviceType: '04',
      retiredOn: '2026-12-31',
      vendor: null,
    })
  })

  test('rows are numbered from 1, the line of names and line ends in cells not counted', async () => {
    const answer = await imported(
      csv,
      [...lines, 'terminal,,898584058120008,8', 'x', `provider,p8,,,P,,,,,,,,,x`].join('\n'),
    )
    expect(refusals(answer)).toEqual([
      [3, '/serialNo'],
      [4, '/terminalNo'],
      [5, '/kind'],
      [6, ''],
    ])
  })

  test.each([
    ['an unclosed quote', `${head}\nprovider,p8,,,"Eight`],
    ['bytes that are no UTF-8', Buffer.from(`${head}\nprovider,p8,,,\u00ff`, 'latin1')],
  ])('400 for %s', async (_what, body) => {
    await expectProblem(await post(csv, body), 400)
  })

  test('columns with odd names do no harm', async () => {
    const answer = await imported(csv, '__proto__,constructor,kind,kind,,providerId,name\nx,y,z,provider,w,p8,P\n')
    expect(answer).toMatchObject({ accepted: 1 })
  })
})

describe('forms:', () => {
  test.each([csv, ndjson])('nothing is nothing, in %s', async (type) => {
    expect(await imported(type, '')).toMatchObject({ accepted: 0, refused: [] })
  })
  test('packed', async () => {
    const response = await post(`${ndjson}; charset=utf-8`, gzipSync(rows(provider)), adminKey, {
      'content-encoding': 'gzip',
    })
    expect(await response.json()).toMatchObject({ accepted: 1 })
  })
  test.each(['application/json', 'text/plain', '', 'text/csvx'])('415 for %s', async (type) => {
    await expectProblem(await post(type, rows(provider)), 415)
  })
})

test('a merchant with events keeps its provider and time zone here too', async () => {
  const source = sourceOf('898584058120001', '10000001')
  expect(await verdictOn(house, [JSON.stringify(abandoned({ source }))])).toMatchObject({ accepted: 1 })
  const record = { ...merchant, merchantNo: '898584058120001', providerId: 'p1' }
  const answer = await imported(ndjson, rows(record, { ...record, timeZone: 'UTC' }, { ...record, providerId: 'p2' }))
  expect([answer.accepted, refusals(answer).map(([row]) => row)]).toEqual([1, [2, 3]])
})

test('a provider imports under itself only, and learns nothing of others', async () => {
  const key = await keyFor(house, { role: 'provider', providerId: 'p1' })
  const mine = { ...merchant, merchantNo: '898584058120011', providerId: 'p1' }
  const answer = await imported(
    ndjson,
    rows(
      mine,
      { ...terminal, merchantNo: mine.merchantNo },
      { ...provider, providerId: 'p1' },
      { ...mine, providerId: 'p2' },
      { ...mine, providerId: 'p999' },
      { ...mine, merchantNo: '898584058120002' },
      { ...terminal, merchantNo: '898584058120002' },
      { ...terminal, merchantNo: '898584058120999' },
    ),
    key,
  )
  expect(answer.accepted).toBe(2)
  expect(answer.refused.map(({ row }) => row)).toEqual([3, 4, 5, 6, 7, 8])
  const said = (row: number) => {
    const { row: _row, ...rest } = answer.refused.find((refusal) => refusal.row === row) ?? { row: 0 }
    return rest
  }
  expect(said(4)).toEqual(said(5))
  expect(said(7)).toEqual(said(8))
  expect(await house.json('GET', '/api/v1/merchants/898584058120002')).toMatchObject({ providerId: 'p2' })
})

test('others are answered while an import is under way', async () => {
  const numberOf = (i: number): string => `8985840588${String(i).padStart(5, '0')}`
  const many = Array.from({ length: 1_500 }, (_, i) => ({ ...merchant, merchantNo: numberOf(i) }))
  const taken = imported(ndjson, rows({ ...provider, name: 'Many' }, ...many))
  const statusOf = async (i: number): Promise<number> => {
    const answer = await house.call('GET', `/api/v1/merchants/${numberOf(i)}`)
    await answer.arrayBuffer()
    return answer.status
  }
  await expect.poll(() => statusOf(0), { timeout: 20_000, interval: 1 }).toBe(200)
  expect(await statusOf(many.length - 1)).toBe(404)
  expect(await taken).toMatchObject({ merchants: many.length })
})
