/** An engine that does not take what is committed: nobody is told anything that is not so, and nothing of it is lost. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import { Session } from 'chdb'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { adminKey, openHouse, register } from '../support/house.ts'

const merchantNo = '898584058120001'

test('what is committed and can not be inserted is waited for: figures, forms and senders are told to come back', async () => {
  const house = await openHouse({}, dashboard)
  onTestFinished(() => house.stop())
  await register(house, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
  const post = (id: string, amount = 100, terminalNo = '10000001') =>
    house.call('POST', '/v1/events', {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        id,
        source: `urn:terminal:${merchantNo}:${terminalNo}`,
        type: 'tillsight.payment.declined',
        time: new Date().toISOString(),
        data: {
          checkoutId: id,
          attempt: 1,
          amount,
          method: 'HUABEI',
          code: { system: 'LOCAL', value: 'POS_METHOD_NOT_IMPLEMENTED' },
        },
      },
    })
  // What is today in Shanghai when the test ends.
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const path = `/api/v1/merchants/${merchantNo}/lost-sales?from=${day(Date.now())}&to=${day(Date.now() + 8.1 * 3_600_000)}`
  const figures = () => house.call('GET', path)
  const replay = (body: string) =>
    fetch(`${house.url}/p/p1/fleet?/replay`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        cookie: `tillsight_key=${adminKey}`,
        accept: 'text/html',
        origin: house.url,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    })
  expect((await post('before')).status).toBe(200)
  expect((await post('refused', 100, '10000009')).status).toBe(422)
  expect((await figures()).status).toBe(200)

  // By a door of its own: the store waits until it can insert before it runs a statement.
  const engine = new Session(join(house.dataDir, 'clickhouse'))
  onTestFinished(() => engine.close())
  engine.query('ALTER TABLE checkout_events ADD CONSTRAINT dear CHECK amount != 666')
  expect((await post('stuck', 666)).status).toBe(200)
  expect((await figures()).status).toBe(503)
  const later = await post('later')
  expect(later.status, 'it is not its fault').toBe(503)
  expect(Number(later.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await post('refused later', 100, '10000009')).status).toBe(503)
  expect((await house.call('GET', '/api/v1/quarantine')).status).toBe(503)
  for (const form of ['code=source_not_allowed&all=yes', 'code=source_not_allowed&alike=00', 'id=00'])
    expect((await replay(form)).status, form).toBe(503)
  expect((await house.call('GET', '/readyz')).status).toBe(503)

  engine.query('ALTER TABLE checkout_events DROP CONSTRAINT dear')
  expect((await post('later')).status).toBe(200)
  const { totals } = await house.json<{ totals: { attempted: { checkouts: number } } }>('GET', path)
  expect(totals.attempted.checkouts).toBe(3)
  await expect.poll(async () => (await house.call('GET', '/readyz')).status).toBe(200)
})
