/** Contract section 4: 429 with `Retry-After`, for a terminal's key that asks more often than a till could. */

import type { LostSales } from '@tillsight/shared/metrics/lost-sales.ts'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, openHouse, register, type House } from '../support/house.ts'
import { contentTypes } from './answers.ts'
import { ago, merchantNo, sample, sourceOf, withValueAt } from './samples.ts'

const terminals = ['10000001', '10000002']
const allowed = 3_000
const sent = 3_500
const connections = 128

let house: House
const keys: string[] = []
const agent = new Agent({ keepAlive: true, maxSockets: connections })
beforeAll(async () => {
  house = await openHouse()
  await register(house, { providerId: 'p1', merchantNo, terminals })
  for (const terminalNo of terminals) keys.push(await keyFor(house, { role: 'terminal', merchantNo, terminalNo }))
})
afterAll(async () => {
  agent.destroy()
  await house.stop()
})

interface Answer {
  status: number
  type: string | undefined
  retryAfter: string | undefined
  body: string
}

/** Not by fetch: it is to be as quick as can be. */
function postTo(url: string, key: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': contentTypes.one }
    const post = request(`${url}/v1/events`, { method: 'POST', agent, headers }, (response) => {
      const { 'content-type': type, 'retry-after': retryAfter } = response.headers
      void text(response).then(
        (said) => resolve({ status: response.statusCode ?? 0, type, retryAfter, body: said }),
        reject,
      )
    })
    post.on('error', reject)
    post.end(body)
  })
}

let checkouts = 0
/** Every third is an event that is refused; the others make a checkout each. */
function next(terminalNo: string): { id: string; body: string; valid: boolean } {
  const checkoutId = `checkout-${++checkouts}`
  const valid = checkouts % 3 !== 0
  const event = sample('payment.declined', {
    source: sourceOf(merchantNo, terminalNo),
    id: checkoutId,
    ...(valid ? {} : { specversion: '0.3' }),
  })
  return { id: checkoutId, body: JSON.stringify(withValueAt(event, '/data/checkoutId', checkoutId)), valid }
}

async function quarantined(): Promise<string[]> {
  const ids: string[] = []
  for (let token: string | null = ''; token !== null;) {
    const path = `/api/v1/quarantine${token === '' ? '' : `?next=${encodeURIComponent(token)}`}`
    const page: { events: { event: { id: string } }[]; next: string | null } = await house.json('GET', path)
    ids.push(...page.events.map(({ event }) => event.id))
    token = page.next
  }
  return ids.sort()
}
const stored = async () => {
  const range = `from=${ago(3 * 86_400_000).slice(0, 10)}&to=${ago(-86_400_000).slice(0, 10)}`
  return (await house.json<LostSales>('GET', `/api/v1/merchants/${merchantNo}/lost-sales?${range}`)).totals.attempted
    .checkouts
}

test('a key that asks too often is told when to come back, nothing of that is stored, and no other key is affected', async () => {
  const [busy = '', calm = ''] = keys
  const answers: (Answer & { id: string; valid: boolean })[] = []
  let begun = 0
  const others: Promise<Answer>[] = []
  const worker = async () => {
    while (begun++ < sent) {
      const { id, body, valid } = next('10000001')
      const answer = await postTo(house.url, busy, body)
      if (answer.status === 429 && others.length < 10) others.push(postTo(house.url, calm, next('10000002').body))
      answers.push({ ...answer, id, valid })
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))

  const refused = answers.filter(({ status }) => status === 429)
  const answered = answers.filter(({ status }) => status !== 429)
  expect(answers).toHaveLength(sent)
  expect(refused.length).toBeGreaterThan(0)
  expect(answered.length).toBeGreaterThanOrEqual(2_500)
  expect(new Set(answered.map(({ status, valid }) => `${status} ${String(valid)}`))).toEqual(
    new Set(['200 true', '422 false']),
  )
  for (const { type, retryAfter, body } of refused) {
    expect(type).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(body)).toMatchObject({
      status: 429,
      title: expect.any(String) as string,
      detail: expect.any(String) as string,
    })
    expect(retryAfter).toMatch(/^[1-9]\d*$/)
  }
  const statuses = (await Promise.all(others)).map(({ status }) => status)
  expect(statuses).toHaveLength(10)
  for (const status of statuses) expect([200, 422]).toContain(status)

  const taken = answered.filter(({ valid }) => valid).length + statuses.filter((status) => status === 200).length
  expect(await stored()).toBe(taken)
  const ofBusy = new Set(answers.map(({ id }) => id))
  expect((await quarantined()).filter((id) => ofBusy.has(id))).toEqual(
    answered
      .filter(({ valid }) => !valid)
      .map(({ id }) => id)
      .sort(),
  )

  await expect
    .poll(async () => (await postTo(house.url, busy, next('10000001').body)).status, {
      timeout: 60_000,
      interval: 1_000,
    })
    .not.toBe(429)
}, 180_000)

test('so many as a till may send are all answered', async () => {
  const key = await keyFor(house, { role: 'terminal', merchantNo, terminalNo: '10000002' })
  const left = Array.from({ length: allowed / 2 }, () => next('10000002').body)
  const statuses = new Set<number>()
  const worker = async () => {
    for (let body = left.pop(); body !== undefined; body = left.pop())
      statuses.add((await postTo(house.url, key, body)).status)
  }
  await Promise.all(Array.from({ length: connections }, worker))
  expect([...statuses].sort()).toEqual([200, 422])
}, 120_000)
