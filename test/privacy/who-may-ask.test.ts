/** Whoever asks for what isn't theirs is told what they'd be told of what doesn't exist, and no answer names anybody else. */

import { beforeAll, describe, expect, test } from 'vitest'
import { keyFor, type CallOptions } from '../support/house.ts'
import {
  ask,
  busy,
  given,
  happened,
  house,
  nameOf,
  nth,
  openHouseForAll,
  openStreet,
  shifted,
  terminalNo,
  times,
  weeks,
  type Shop,
} from './street.ts'

openHouseForAll()

const { own, siblings, rivals } = openStreet({ siblings: 5, rivals: 5, sharedTokens: true })
happened([
  ...busy([own, ...siblings, ...rivals], 0),
  ...busy([own, ...rivals], 1),
  ...busy([own], 2, times(3, 'abandoned')),
])

const sibling = nth(siblings, 0)
const rival = nth(rivals, 0)
const nobody = { ...rival, merchantNo: '898584999999999', providerId: 'nobody-1' }

const keys: Record<string, string> = {}
beforeAll(async () => {
  const of = async (name: string, holder: Record<string, string>) => (keys[name] = await keyFor(house(), holder))
  await of('provider', { role: 'provider', providerId: own.providerId })
  await of('merchant', { role: 'merchant', merchantNo: own.merchantNo })
  await of('terminal', { role: 'terminal', merchantNo: own.merchantNo, terminalNo })
})
const keyOf = (who: string): string => keys[who] ?? ''

const range = `from=${weeks(0).from}&to=${weeks(0).to}`
const forms = ['application/json', 'text/csv', 'application/vnd.apache.parquet', 'image/png']
const figures = ['lost-sales', 'segments?by=weekday', 'competitiveness']
const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`

/** All that can be asked of a merchant or its provider, and how it can be asked wrongly. */
const questions: [string, string, (shop: Shop) => string, CallOptions?][] = [
  ...figures.flatMap((figure) =>
    [range, '', `from=${weeks(0).to}&to=${weeks(0).from}`, `${range}&by=nothing&interval=nothing`].map(
      (query): [string, string, (shop: Shop) => string] => [
        'GET',
        `${figure} ${query}`,
        ({ merchantNo }) => `/merchants/${merchantNo}/${withQuery(figure, query)}`,
      ],
    ),
  ),
  ...['', `/terminals`, `/terminals/${terminalNo}`, `/terminals/${terminalNo}/completeness?${range}`].map(
    (path): [string, string, (shop: Shop) => string] => [
      'GET',
      `merchant${path}`,
      ({ merchantNo }) => `/merchants/${merchantNo}${path}`,
    ],
  ),
  ['GET', 'provider', ({ providerId }) => `/providers/${providerId}`],
  ['GET', 'adoption', ({ providerId }) => `/providers/${providerId}/adoption?${range}&by=model`],
  ['GET', 'adoption by nothing', ({ providerId }) => `/providers/${providerId}/adoption?${range}&by=nothing`],
  ['PUT', 'a code', ({ providerId }) => `/providers/${providerId}/codes/LOCAL/X1`, { body: { reason: 'LIMIT' } }],
  ['PUT', 'a code for nothing', ({ providerId }) => `/providers/${providerId}/codes/LOCAL/X1`, { body: {} }],
  ['PUT', 'a till', ({ merchantNo }) => `/merchants/${merchantNo}/terminals/10000009`, { body: {} }],
  ['POST', 'competitiveness', ({ merchantNo }) => `/merchants/${merchantNo}/competitiveness?${range}`, { body: {} }],
  ['HEAD', 'competitiveness', ({ merchantNo }) => `/merchants/${merchantNo}/competitiveness?${range}`],
]

async function told(who: string, method: string, path: string, options: CallOptions = {}) {
  const response = await house().call(method, `/api/v1${path}`, { ...options, key: keyOf(who) })
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id')
  return { status: response.status, headers, body: await response.text() }
}

describe.each(['provider', 'merchant', 'terminal'])("as %s: another's is answered as what doesn't exist,", (who) => {
  test.each(questions)('%s %s', async (method, _what, path, options) => {
    // Catches: a range or a form that is looked at before the scope, and 403 or 405 or 406 for what does exist.
    const missing = await told(who, method, path(nobody), options)
    expect(missing.status).toBeGreaterThanOrEqual(404)
    for (const shop of who === 'provider' ? [rival] : [rival, sibling]) {
      expect(await told(who, method, path(shop), options)).toEqual(missing)
    }
  })

  test.each(forms)('whatever form it asks for: %s', async (accept) => {
    for (const figure of figures) {
      const [there, missing] = [rival, nobody].map(({ merchantNo }) =>
        told(who, 'GET', `/merchants/${merchantNo}/${withQuery(figure, range)}`, { headers: { accept } }),
      ) as [ReturnType<typeof told>, ReturnType<typeof told>]
      expect(await there).toEqual(await missing)
      expect((await missing).status).toBe(404)
    }
  })
})

test('a terminal key reads nothing, not even its own merchant; a merchant key not its own provider', async () => {
  for (const figure of figures) {
    const path = `/merchants/${own.merchantNo}/${withQuery(figure, range)}`
    expect([figure, (await told('terminal', 'GET', path)).status]).toEqual([figure, 404])
  }
  const adoption = `/providers/${own.providerId}/adoption?${range}&by=model`
  expect((await told('merchant', 'GET', adoption)).status).toBe(404)
  expect((await told('provider', 'GET', adoption)).status).toBe(200)
})

test.each([
  `%25`,
  `${rival.merchantNo}%00`,
  `${own.merchantNo},${rival.merchantNo}`,
  `${own.merchantNo}'%20OR%20'1'='1`,
  `..%2F${rival.merchantNo}`,
  `${own.merchantNo}%2F..%2F${rival.merchantNo}`,
  `${own.merchantNo}/../${rival.merchantNo}`,
  `%20${rival.merchantNo}`,
  rival.merchantNo.replace('8', '８'),
])('no spelling of a number reaches another: %s', async (spelling) => {
  // Catches: ids put into SQL or paths as text, and ids that are normalised after the scope was looked at.
  for (const who of ['provider', 'merchant']) {
    const { status, body } = await told(who, 'GET', `/merchants/${spelling}/competitiveness?${range}`)
    expect([who, status]).toEqual([who, 404])
    expect(body).not.toContain(rival.merchantNo)
  }
})

test('no parameter but the range changes an answer', async () => {
  // Catches: a merchant, cohort, clock or freshness that is taken from the query.
  const expected = await ask(own, weeks(0), keyOf('merchant'))
  const more = [
    ...[`merchantNo=${rival.merchantNo}`, `providerId=${rival.providerId}`, `mcc=1001&region=440306`],
    ...['now=1&mayLag=9999999999', `peers=${rival.merchantNo}`, `weeks=${weeks(2).from}`, 'interval=day&by=mcc'],
  ].join('&')
  const path = `/api/v1/merchants/${own.merchantNo}/competitiveness?${range}&${more}`
  const { asOf: _asOf, ...found } = await house().json<Record<string, unknown>>('GET', path, {
    ...{ key: keyOf('merchant'), headers: { 'x-merchant-no': rival.merchantNo, 'x-http-method-override': 'PUT' } },
  })
  expect(found).toEqual(expected)
})

given('no answer names a peer, a customer or a till, shown, suppressed or refused', () => {
  // Catches: peers' numbers in the answer, in `rule`, in `basis` or in an error.
  const strangers = [...siblings, ...rivals].flatMap((shop) => [shop.merchantNo, nameOf(shop), shop.providerId])
  const hidden = [...strangers.filter((text) => text !== own.providerId), 'SN-', 'Acquirer', `-0-1`]
  const path = `/merchants/${own.merchantNo}/competitiveness`
  return async () => {
    const answers = [
      ...(await Promise.all(
        [weeks(0), weeks(2), weeks(0, 2), shifted(weeks(0), 1, -1)].map(({ from, to }) =>
          told('merchant', 'GET', `${path}?from=${from}&to=${to}`),
        ),
      )),
      await told('merchant', 'GET', path),
      await told('merchant', 'GET', `${path}?${range}`, { headers: { accept: 'text/csv' } }),
      await told('merchant', 'DELETE', `${path}?${range}`),
      await told('merchant', 'GET', `/merchants/${rival.merchantNo}/competitiveness?${range}`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 406, 405, 404])
    for (const { headers, body } of answers) {
      for (const text of hidden) expect(JSON.stringify(headers) + body).not.toContain(text)
    }
    // Nor does it say more where there is more to say.
    const shapes = answers.slice(0, 4).map(({ body }) => shapeOf(JSON.parse(body)))
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1)
    expect(shapes[0]).toContain('.peers.rule')
  }
})

/** The paths of all fields, whatever is in a list. */
const shapeOf = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => shapeOf(inner, `${path}.${name}`))
    : [path]

test("it takes no longer to be refused another's than what doesn't exist", async () => {
  // Catches: figures that are made before the scope is looked at (tens of milliseconds here).
  const took: [number[], number[]] = [[], []]
  for (let round = 0; round < 40; round += 1) {
    for (const [i, { merchantNo }] of [rival, nobody].entries()) {
      const started = performance.now()
      await told('merchant', 'GET', `/merchants/${merchantNo}/competitiveness?${range}`)
      nth(took, i).push(performance.now() - started)
    }
  }
  const [there, missing] = took.map((list) =>
    nth(
      list.sort((a, b) => a - b),
      10,
    ),
  ) as [number, number]
  expect(Math.abs(there - missing)).toBeLessThan(2 + missing)
})
