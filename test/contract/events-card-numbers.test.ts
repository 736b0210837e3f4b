/** Contract section 4: a payment card number refuses its event, wherever a named text field holds one, and nothing else does. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse, register, type House } from '../support/house.ts'
import { contentTypes, expectProblem, postAs } from './answers.ts'
import { merchantNo, sample, terminalNo, withValueAt, type Event, type Json, type Kind } from './samples.ts'
import { judgesAll, type Case } from './verdicts.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals: [terminalNo] })
})
afterAll(() => house.stop())

const judged = (title: string, cases: readonly Case[]) => judgesAll(title, () => house, cases)

/** A number that begins so, is so long, and has the check digit that Luhn asks for; or, with `offBy`, another. */
function cardNumber(prefix: string, length: number, offBy = 0): string {
  const digits = prefix.padEnd(length - 1, '0')
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const doubled = i % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
  return digits + String((10 - (sum % 10) + offBy) % 10)
}

const visa = '4111111111111111'
const at = (kind: Kind, pointer: string, value: Json): Event => withValueAt(sample(kind), pointer, value)
const inCode = (value: string): Event => at('payment.declined', '/data/code/value', value)
const refusedAt = (pointer: string) => ['contains_card_number', pointer] as const
const inCodeRefused = refusedAt('/data/code/value')

const issuers = ['62', '4', '51', '55', '2221', '2720', '34', '37', '3528', '3589']
const strangers = ['61', '63', '50', '56', '2220', '2721', '33', '35', '36', '38', '3527', '3590', '1', '7', '9']
judged('it begins as the issuers on the list do, and has 13 to 19 digits', [
  ...issuers.flatMap((prefix) =>
    [13, 14, 15, 16, 17, 18, 19].map((n): Case => [
      `${prefix}, ${n} digits`,
      inCode(cardNumber(prefix, n)),
      inCodeRefused,
    ]),
  ),
  ...issuers.flatMap((prefix) =>
    [12, 20].map((n): Case => [`${prefix}, ${n} digits`, inCode(cardNumber(prefix, n)), 'accepted']),
  ),
  ...issuers.map((prefix): Case => [`${prefix}, wrong by Luhn`, inCode(cardNumber(prefix, 16, 1)), 'accepted']),
  ...strangers.map((prefix): Case => [
    `${prefix}, of no issuer on the list`,
    inCode(cardNumber(prefix, 16)),
    'accepted',
  ]),
])

judged('it is a whole run of digits, spaces and hyphens ignored', [
  ...[
    visa,
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1',
    '4111 - 1111  1111--11 11',
  ].map((value): Case => [value, inCode(value), inCodeRefused]),
  ...[`card ${visa}`, `x${visa}y`, `${visa}.`, `卡${visa}号`, `12/${visa}/12`, ` -${visa}- `, `1.${visa}`].map(
    (value): Case => [value, inCode(value), inCodeRefused],
  ),
  ...[
    `1${visa}`,
    `${visa}1`,
    `1 ${visa}`,
    `${visa}-23`,
    '4111.1111.1111.1111',
    '4111_1111_1111_1111',
    '4111\t1111\t1111\t1111',
  ].map((value): Case => [value, inCode(value), 'accepted']),
  ['full-width digits', inCode('４１１１１１１１１１１１１１１１'), 'accepted'],
])

const named: [Kind, string, Json?][] = [
  ['payment.declined', '/specversion'],
  ['payment.declined', '/type'],
  ['payment.declined', '/time'],
  ['payment.declined', '/data/code/system'],
  ['payment.declined', '/data/method'],
  ['payment.declined', '/data/intendedMethod'],
  ['payment.declined', '/data/currency'],
  ['payment.declined', '/data/disabledChannels/0'],
  ['payment.declined', '/data/customer/token'],
  ['payment.declined', '/data/customer/ageBand'],
  ['payment.succeeded', '/data/items/0/category'],
  ['payment.succeeded', '/data/fundBills/0/channel'],
  ['payment.succeeded', '/data/customer/token'],
  ['terminal.reported', '/data/firmware'],
  ['terminal.reported', '/data/model'],
  ['terminal.reported', '/data/cause'],
  ['terminal.reported', '/data/methods/0/method'],
  ['terminal.reported', '/data/methods/0/state'],
]
judged('every named text field is looked at, valid or not', [
  ...named.map(([kind, pointer]): Case => [`${kind} ${pointer}`, at(kind, pointer, visa), refusedAt(pointer)]),
  ['in an event of an unknown type', { ...inCode(visa), type: 'x' }, inCodeRefused],
  ['in an event of another source', { ...inCode(visa), source: 'urn:terminal:x' }, inCodeRefused],
  ['in an event without an id', { ...inCode(visa), id: null }, inCodeRefused],
  ['in an event that is too large', { ...inCode(visa), padding: 'x'.repeat(20_000) }, inCodeRefused],
  ['as a number where a text should be', at('payment.declined', '/data/code/value', Number(visa)), inCodeRefused],
  ['in a list where a text should be', at('payment.declined', '/data/code/value', [visa]), inCodeRefused],
  ['in an object where a text should be', at('payment.declined', '/data/code/value', { [visa]: 1 }), inCodeRefused],
])

const exempt: [Kind, string][] = [
  ['payment.declined', '/id'],
  ['payment.declined', '/sequence'],
  ['payment.declined', '/data/checkoutId'],
  ['payment.declined', '/data/outTradeNo'],
  ['payment.reversed', '/data/checkoutId'],
]
judged('references may look like one', [
  ...exempt.map(([kind, pointer]): Case => [`${kind} ${pointer}`, at(kind, pointer, visa), 'accepted']),
  [
    'source',
    { ...inCode('x'), source: `urn:terminal:${visa.slice(0, 15)}:${terminalNo}` },
    ['unknown_terminal', '/source'],
  ],
])

judged('a token is refused only where it is nothing else', [
  ...[visa, '4111 1111 1111 1111', `4111-1111-1111-1111`, ` ${visa} `].map((token): Case => [
    token,
    at('payment.declined', '/data/customer/token', token),
    refusedAt('/data/customer/token'),
  ]),
  ...[`a${visa}`, `9f2c${visa}ab`, `${visa}:`, `${visa}花`, cardNumber('4', 16, 1)].map((token): Case => [
    token,
    at('payment.declined', '/data/customer/token', token),
    'accepted',
  ]),
])

judged('fields that nobody named may hold one: they are dropped unread', [
  ...['/subject', '/cardno', '/data/pan', '/data/customer/phone', '/data/items/0/name', '/data/code/text'].map(
    (pointer): Case => [pointer, at('payment.declined', pointer, visa), 'accepted'],
  ),
  ...['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((key): Case => [
    `/data/${key}`,
    JSON.stringify(sample('payment.declined')).replace('"data":{', `"data":{"${key}":"${visa}",`),
    'accepted',
  ]),
])

test('the answer to one does not repeat it', async () => {
  for (const event of [inCode(`no. ${visa}`), at('payment.declined', '/data/method', { [visa]: visa })]) {
    const response = await postAs(house, contentTypes.one, JSON.stringify(event))
    expect(JSON.stringify(await expectProblem(response, 422))).not.toContain(visa)
  }
})

test.each(['1', '1 ', '-', '4111 1111 1111 1111x'])(
  'a text of megabytes of "%s" is refused like any other',
  async (unit) => {
    const event = inCode(unit.repeat(5_200_000 / unit.length))
    const problem = await expectProblem(await postAs(house, contentTypes.one, JSON.stringify(event)), 422)
    expect(problem.rejected).toMatchObject([{ code: unit.length > 2 ? 'contains_card_number' : 'too_large' }])
  },
)

test('one refuses its own event only', async () => {
  const events = [sample('payment.declined'), inCode(visa), sample('checkout.abandoned')]
  const response = await postAs(house, contentTypes.batch, JSON.stringify(events))
  expect(await response.json()).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'contains_card_number' }] })
})
