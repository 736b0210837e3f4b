/** Contract section 3: records that are put, read back and changed. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { expectProblem, verdictOn } from './answers.ts'
import { abandoned, merchantNo, missing, source, terminalNo, type Json } from './samples.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  await house.json('PUT', '/api/v1/providers/p2', { body: { name: 'Second' }, expected: 201 })
})
afterAll(() => house.stop())

const merchantPath = (no: string) => `/api/v1/merchants/${no}`
const terminalPath = (no: string) => `${merchantPath(merchantNo)}/terminals/${no}`

const records = {
  provider: { name: 'Invented Payments', sharedTokens: true },
  merchant: { name: '发明的店', providerId: 'p1', mcc: '5812', region: '440106', timeZone: 'Asia/Urumqi' },
  terminal: {
    serialNo: 'SN1',
    deviceType: '04',
    vendor: 'Invented',
    model: 'I9',
    firmware: '1.0.0',
    retiredOn: '2026-11-30',
  },
}
const paths = {
  provider: '/api/v1/providers/put.me_1-x',
  merchant: merchantPath('898584058120009'),
  terminal: terminalPath('10000009'),
}
type Kind = keyof typeof records
const kinds = Object.keys(records) as Kind[]

describe.each(kinds)('a %s record', (kind) => {
  const path = paths[kind]
  const record = records[kind]

  test('is not there before it is put', async () => {
    await expectProblem(await house.call('GET', path), 404)
  })

  test('is created once, replaced after, and read as it was put', async () => {
    expect(await house.json('PUT', path, { body: record, expected: 201 })).toMatchObject(record)
    for (let i = 0; i < 2; i++) expect(await house.json('PUT', path, { body: record })).toMatchObject(record)
    expect(await house.json('GET', path)).toMatchObject(record)
  })

  test('is replaced whole: what is left out takes its default', async () => {
    const least: Record<Kind, object> = {
      provider: { name: 'P' },
      merchant: { name: 'M', providerId: 'p2', mcc: '0000', region: '110000' },
      terminal: {},
    }
    const defaults: Record<Kind, object> = {
      provider: { sharedTokens: false },
      merchant: { timeZone: 'Asia/Shanghai' },
      terminal: { serialNo: null, deviceType: null, vendor: null, model: null, firmware: null, retiredOn: null },
    }
    await house.json('PUT', path, { body: least[kind] })
    expect(await house.json('GET', path)).toMatchObject({ ...least[kind], ...defaults[kind] })
  })

  test('drops what nobody named', async () => {
    await house.json('PUT', path, { body: { ...record, unnamed: 'x', constructor: 'y' } })
    expect(JSON.stringify(await house.json('GET', path))).not.toMatch(/unnamed|constructor/)
  })

  test.each(['', '{', `${JSON.stringify(record)}}`, 'name=x'])('400 for a body that is no JSON: %s', async (body) => {
    await expectProblem(await house.call('PUT', path, { body: new TextEncoder().encode(body) }), 400)
  })

  test.each<Json>([null, [], [record], 'x', 7])('422 for a body that is no record: %o', async (body) => {
    await expectProblem(await house.call('PUT', path, { body: JSON.stringify(body) }), 422)
  })
})

const text = (most: number): (Json | undefined)[] => ['x'.repeat(most + 1), 7, true, [], {}, '\ud800', '\0']
const wrong: Record<Kind, Record<string, (Json | undefined)[]>> = {
  provider: { name: [missing, null, '', '  ', ...text(200)], sharedTokens: ['true', 1, [], {}] },
  merchant: {
    name: [missing, null, '', ...text(200)],
    providerId: [missing, null, '', 'p9', 7, '\0', [], "' OR 1=1"],
    mcc: [missing, null, '', '581', '58120', 5812, '58a2', '５８１２'],
    region: [missing, null, '', '44010', '4401060', 440106, 'Guangz'],
    timeZone: ['', 'Nowhere/City', '+08:00', 8, [], 'Asia/Shanghai\0'],
  },
  terminal: {
    serialNo: text(100),
    deviceType: ['', '4', '004', 4, 'xx'],
    vendor: text(100),
    model: text(100),
    firmware: text(100),
    retiredOn: ['', 'soon', '2026-02-30', '2026-11-01T00:00:00Z', '20261101', '2026-13-01', 7, '2026-11-1'],
  },
}

describe.each(kinds)('a %s record that fails validation is 422, with the field to mend:', (kind) => {
  const cases = Object.entries(wrong[kind]).flatMap(([field, values]) => values.map((value) => ({ field, value })))
  test.each(cases)('$field $value', async ({ field, value }) => {
    const response = await house.call('PUT', paths[kind], { body: { ...records[kind], [field]: value } })
    expect(await expectProblem(response, 422)).toMatchObject({ pointer: `/${field}` })
  })
})

describe('numbers in the address have their form:', () => {
  test.each([
    ['/merchantNo', merchantPath('89858405812000'), records.merchant],
    ['/merchantNo', merchantPath('8985840581200010'), records.merchant],
    ['/merchantNo', merchantPath('89858405812000-'), records.merchant],
    ['/merchantNo', merchantPath('%E8%8A%B158405812000'), records.merchant],
    ['/terminalNo', terminalPath('1000000'), records.terminal],
    ['/terminalNo', terminalPath('100000010'), records.terminal],
    ['/terminalNo', terminalPath('1000000%20'), records.terminal],
    ['/providerId', '/api/v1/providers/a%20b', records.provider],
    ['/providerId', `/api/v1/providers/${'x'.repeat(65)}`, records.provider],
  ])('422 with %s for %s', async (pointer, path, body) => {
    expect(await expectProblem(await house.call('PUT', path, { body }), 422)).toMatchObject({ pointer })
  })

  test('a terminal needs its merchant', async () => {
    const path = `${merchantPath('898584058120777')}/terminals/10000001`
    await expectProblem(await house.call('PUT', path, { body: records.terminal }), 404)
  })

  test('a TID is unique within its merchant, not beyond', async () => {
    const second = '898584058120778'
    await register(house, { providerId: 'p1', merchantNo: second, terminals: [terminalNo] })
    await house.json('PUT', `${merchantPath(second)}/terminals/${terminalNo}`, { body: { model: 'second' } })
    expect(await house.json('GET', terminalPath(terminalNo))).toMatchObject({ model: 'I9' })
  })
})

describe('time zone and provider', () => {
  const no = '898584058120555'
  const record = { ...records.merchant, timeZone: 'Asia/Shanghai' }
  const put = (changes: object) => house.call('PUT', merchantPath(no), { body: { ...record, ...changes } })
  const event = () => JSON.stringify(abandoned({ source: source.replace(merchantNo, no) }))

  test('change freely before the first event; a refused event is none', async () => {
    await register(house, { providerId: 'p1', merchantNo: no, terminals: [terminalNo] })
    await verdictOn(house, [JSON.stringify({ ...(JSON.parse(event()) as object), time: 'never' })])
    for (const changes of [{ timeZone: 'Europe/Berlin' }, { providerId: 'p2' }, {}]) {
      expect((await put(changes)).status).toBe(200)
    }
  })

  test('stand from the first event on: 409', async () => {
    expect(await verdictOn(house, [event()])).toEqual({ accepted: 1, rejected: [] })
    const { timeZone: _timeZone, ...withoutZone } = record
    for (const changes of [{ timeZone: 'Europe/Berlin' }, { providerId: 'p2' }]) {
      await expectProblem(await put(changes), 409)
    }
    expect((await put({ name: 'Another', mcc: '5999', region: '310000' })).status).toBe(200)
    expect((await house.call('PUT', merchantPath(no), { body: withoutZone })).status).toBe(200)
    expect(await house.json('GET', merchantPath(no))).toEqual({ merchantNo: no, ...record })
  })
})

describe('another method is 405, with Allow:', () => {
  test.each([
    ['DELETE', paths.provider, 'PUT, GET'],
    ['POST', paths.merchant, 'PUT, GET'],
    ['PATCH', paths.terminal, 'PUT, GET'],
    ['POST', `${merchantPath(merchantNo)}/terminals`, 'GET'],
    ['GET', '/api/v1/registry/import', 'POST'],
    ['PUT', '/api/v1/keys', 'POST, GET'],
    ['GET', '/api/v1/keys/x', 'DELETE'],
    ['GET', '/api/v1/providers/p1/codes/LOCAL/x', 'PUT, DELETE'],
    ['POST', `${merchantPath(merchantNo)}/lost-sales`, 'GET'],
  ])('%s %s', async (method, path, allow) => {
    const response = await house.call(method, path)
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
    await expectProblem(response, 405)
  })
})

test('a merchant reads its registry records, its terminals included', async () => {
  const key = await keyFor(house, { role: 'merchant', merchantNo })
  expect(await house.json('GET', merchantPath(merchantNo), { key })).toMatchObject({ merchantNo, mcc: '5812' })
  expect(await house.json('GET', terminalPath(terminalNo), { key })).toMatchObject({ terminalNo, deviceType: '04' })
})
