/** Contract section 4: of an event that holds a card number nothing is kept, in no answer, no table and no file. */

import { readConfig } from '@tillsight/shared/config.ts'
import { openStores, type Stores } from '@tillsight/shared/stores.ts'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, register } from '../support/house.ts'
import { contentTypes, postAs } from './answers.ts'
import { merchantNo, sample, source, sourceOf, terminalNo, withValueAt, type Event, type Json } from './samples.ts'

/** The `n`th of our invented cards: 16 digits unless told, valid by Luhn, and in no other number of this test. */
function card(n: number, length = 16): string {
  const digits = `${length === 16 ? '4' : '62'}${String(73_519_000_000_000 + n * 7_919)}`.padEnd(length - 1, '8')
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const doubled = i % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
  return digits + String((10 - (sum % 10)) % 10)
}

const strange = sourceOf(merchantNo, '99999999')
const at = (pointer: string, value: Json, changes: Event = {}): string =>
  JSON.stringify(withValueAt(sample('payment.declined', changes), pointer, value))
const value = '/data/code/value'
const grouped = (pan: string) => pan.replace(/.{4}(?=.)/g, '$& ')

/** What is sent, a line each, and where in it the number stands. */
const lines: readonly (readonly [where: string, line: (pan: string) => string])[] = [
  ['in a text', (pan) => at(value, pan)],
  ['in a text, in groups', (pan) => at(value, grouped(pan))],
  ['in a longer text', (pan) => at('/data/items/0/category', `card ${pan}.`)],
  ['as the token', (pan) => at('/data/customer/token', pan)],
  ['as the type', (pan) => at('/type', pan)],
  ['as the time', (pan) => at('/time', pan)],
  ['as a number in the place of a text', (pan) => at(value, Number(pan))],
  ['as a number with a fraction of zero', (pan) => at(value, 0.5).replace('"value":0.5', `"value":${pan}.0`)],
  ['as a text in the place of an amount', (pan) => at('/data/amount', grouped(pan))],
  ['in a list in the place of a text', (pan) => at(value, [[pan]])],
  ['as a name in the place of a text', (pan) => at(value, { [pan]: 1 })],
  ['in an object in the place of a reference', (pan) => at('/data/checkoutId', { pan })],
  ['in an object in the place of the id', (pan) => at('/id', { pan })],
  ['in an object in the place of the sequence', (pan) => at('/sequence', { [pan]: pan })],
  ['as the data', (pan) => at('/data', pan)],
  ['in a list in the place of the data', (pan) => at('/data', [pan, { checkoutId: { pan } }])],
  ['in a list in the place of the customer', (pan) => at('/data/customer', [pan])],
  ['in a list in the place of the code', (pan) => at('/data/code', [{ text: pan }])],
  ['as the items', (pan) => at('/data/items', pan)],
  ['in an object in the place of the items', (pan) => at('/data/items', { 0: { name: pan }, [pan]: 1 })],
  ['as an item', (pan) => at('/data/items/0', [pan])],
  ['in an object in the place of the channels', (pan) => at('/data/disabledChannels', { 0: { pan } })],
  ['in what nobody named, the event being taken', (pan) => at('/data/pan', pan)],
  ['in what nobody named, the event being refused', (pan) => at('/data/customer/phone', pan, { source: strange })],
  ['as a name that nobody named', (pan) => at(`/data/${pan}`, { deep: [pan] }, { source: strange })],
  [
    'also as id, order and checkout',
    (pan) =>
      JSON.stringify(
        ['/data/checkoutId', '/data/outTradeNo', '/sequence', value, '/data/x'].reduce<Event>(
          (event, pointer) => withValueAt(event, pointer, pan),
          sample('payment.declined', { id: pan }),
        ),
      ),
  ],
  ['also in a source that is none', (pan) => at(value, pan, { source: `urn:terminal:${pan}:1` })],
  ['also as a terminal that is none', (pan) => at(value, pan, { source: `urn:terminal:${merchantNo}:${pan}` })],
  ['in an event that is too large', (pan) => at(value, pan, { padding: 'x'.repeat(20_000) })],
  ['in a line that can not be read', (pan) => at(value, pan).slice(0, -1)],
  ['in a line of text', (pan) => pan + ' is not JSON'],
  ['as a line', (pan) => pan],
  ['as a line that is a text', (pan) => JSON.stringify(pan)],
  ['in a line that is a list', (pan) => `[${at(value, pan)}]`],
]
const pans = lines.map((_line, i) => card(i))
/** Longer than a JSON number is precise: what is read of it are its first 16 digits. */
const long = card(1_000, 19)
const inRequests = [card(1_001), card(1_002), card(1_003)]

let dataDir: string
/** The quarantine as the API tells it, every row of every table, and every file. */
let said: string
let stored: string
let files: Buffer[]

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tillsight-cards-'))
  const house = await openHouse({ DATA_DIR: dataDir })
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
  const posted = async (contentType: string, body: string, headers: Record<string, string> = {}) =>
    (await postAs(house, contentType, body, { headers })).text()

  await posted(contentTypes.lines, lines.map(([, line], i) => line(pans[i] ?? '')).join('\n'))
  await posted(contentTypes.lines, at(value, 0.5).replace('"value":0.5', `"value":${long}`))
  await posted(contentTypes.one, at(value, inRequests[0] ?? '').slice(1))
  const [, inHeader = '', unreadable = ''] = inRequests
  await posted(contentTypes.binary, '{}', {
    'ce-id': 'x',
    'ce-source': source,
    'ce-type': inHeader,
    'ce-cardno': inHeader,
  })
  await posted(contentTypes.binary, '{}', { 'ce-id': '%', 'ce-source': source, 'ce-type': unreadable })
  await posted(contentTypes.one, at('/data/checkoutId', 'kept-on-purpose', { source: strange }))
  await posted(contentTypes.one, at('/data/checkoutId', 'stored-on-purpose'))

  said = ''
  for (let next: string | null = ''; next !== null;) {
    const query: string = next === '' ? '' : `?next=${encodeURIComponent(next)}`
    const page: { next: string | null } = await house.json('GET', `/api/v1/quarantine${query}`)
    said += JSON.stringify(page)
    next = page.next
  }
  await house.stop()
  const stores = await openStores(readConfig({ DATA_DIR: dataDir }))
  stored = await everyRow(stores)
  await stores.close()
  files = await everyFile(dataDir)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

async function everyRow({ registry, events }: Stores): Promise<string> {
  const rows: unknown[] = []
  for (const { name } of await registry.introspection.getTables()) {
    rows.push(
      await registry
        .selectFrom(name as never)
        .selectAll()
        .execute(),
    )
  }
  const tables = (await events.db
    .selectFrom('system.tables' as never)
    .select(['name', 'engine'] as never)
    .where('database' as never, '=', 'default' as never)
    .execute()) as unknown as { name: string }[]
  expect(tables.length).toBeGreaterThan(0)
  for (const { name } of tables)
    rows.push(
      await events.db
        .selectFrom(name as never)
        .selectAll()
        .execute(),
    )
  return JSON.stringify(rows)
}

async function everyFile(directory: string): Promise<Buffer[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  return Promise.all(
    found.filter((one) => one.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name))),
  )
}

function tracesOf(text: string): string[] {
  const traces: string[] = []
  if (said.includes(text)) traces.push('in the answer')
  if (stored.includes(text)) traces.push('in a table')
  if (files.some((file) => file.includes(text) || file.includes(text, 0, 'utf16le'))) traces.push('in a file')
  return traces
}

test('what may be kept is found by looking so', () => {
  expect(tracesOf('kept-on-purpose')).toEqual(expect.arrayContaining(['in the answer', 'in a table']))
  expect(tracesOf('stored-on-purpose')).toEqual(expect.arrayContaining(['in a table', 'in a file']))
})

test.each(lines.map(([where], i) => [where, pans[i] ?? '']))('%s, a card number leaves no trace', (_where, pan) => {
  expect([...tracesOf(pan), ...tracesOf(grouped(pan))]).toEqual([])
})

test('a card number that JSON can not tell exactly leaves no trace either', () => {
  expect(tracesOf(long.slice(0, 15))).toEqual([])
})

test.each(inRequests)('nor does one in a request that makes no sense: %s', (pan) => {
  expect(tracesOf(pan)).toEqual([])
})
