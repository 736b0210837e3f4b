/** Forms: what is typed before a page lives stays, and later they say what the address says. */

import { dashboard } from '@tillsight/dashboard/src/mount.ts'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { adminKey, keyFor, openHouse, post, register, type House } from '../support/house.ts'
import { signedIn } from '../support/session.ts'
import { daysAgo, shop, shopHistory } from '../support/shop-history.ts'

type Fields = Record<string, string>

interface Form {
  name: string
  as: 'operator' | 'provider' | 'merchant' | 'nobody'
  path: string
  /** What has to be opened first. */
  folded?: string
  said: Fields
  typed: Fields
}

const { merchantNo } = shop
const registry = '/p/p1/registry'
const lostSales = `/m/${merchantNo}/lost-sales`
const days = { said: { from: daysAgo(9), to: daysAgo(2) }, typed: { from: daysAgo(5), to: daysAgo(1) } }

const search: Form[] = [
  { name: 'everybody', as: 'operator', path: '/', said: { q: 'old' }, typed: { q: 'new' } },
  {
    ...{ name: 'merchants', as: 'provider', path: '/p/p1/merchants' },
    said: { q: 'old', cause: 'TECH_NO_SUPPORT', state: 'open', has: 'open', mcc: '5812', city: '' },
    typed: { q: 'Shop', cause: 'LEGACY_INCOMPATIBLE', state: 'partly', has: 'notCapable', mcc: '', city: '4401' },
  },
  { name: 'the registry', as: 'provider', path: registry, said: { q: 'old' }, typed: { q: 'new' } },
  { name: 'keys', as: 'provider', path: registry, said: { key: 'old' }, typed: { key: 'new' } },
  {
    ...{ name: 'a code', as: 'provider', path: '/p/p1/reasons' },
    said: { system: 'ALIPAY', value: 'OLD', reason: 'TECH_NO_SUPPORT' },
    typed: { system: 'ISO8583', value: 'NEW_2', reason: 'OPERATION' },
  },
  { name: 'a provider’s days', as: 'provider', path: '/p/p1', folded: '自选', ...days },
  { name: 'a shop’s days', as: 'merchant', path: lostSales, folded: '自选', ...days },
  {
    ...{ name: 'lost sales', as: 'merchant', path: lostSales, folded: '筛选…' },
    said: { terminal: `${merchantNo}:10000001`, reason: '', ageBand: '18-24', weekday: '' },
    typed: { terminal: `${merchantNo}:10000002`, reason: 'TECH_NO_SUPPORT', ageBand: '', weekday: 'wed' },
  },
]
const newKey: Form = {
  ...{ name: 'a new key', as: 'provider', path: registry },
  said: { merchantNo: '898584058120002', terminalNo: '' },
  typed: { merchantNo: '898584058120003', terminalNo: '20000001' },
}
const signIn: Form = { name: 'signing in', as: 'nobody', path: '/sign-in', said: {}, typed: { key: 'mine' } }

let house: House
let browser: Browser
let keys: Record<Form['as'], string>

beforeAll(async () => {
  house = await openHouse({}, dashboard)
  browser = await openBrowser()
  await register(house, { providerId: 'p1', merchantNo, terminals: shop.terminals })
  keys = {
    operator: adminKey,
    provider: await keyFor(house, { role: 'provider', providerId: 'p1' }),
    merchant: await keyFor(house, { role: 'merchant', merchantNo }),
    nobody: 'none',
  }
  await post(house, shopHistory(Date.now()))
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

const field = (page: Page, name: string): Locator =>
  page.locator(`:is(input, select)[name="${name}"]:not([type="hidden"])`)

const shown = async (page: Page, names: Fields): Promise<Fields> =>
  Object.fromEntries(
    await Promise.all(Object.keys(names).map(async (name) => [name, await field(page, name).inputValue()] as const)),
  )

/** SvelteKit adds it to a page that lives. */
const announcer = (page: Page): Locator => page.locator('#svelte-announcer')
const lives = (page: Page): Promise<void> => announcer(page).waitFor({ state: 'attached' })

async function type(page: Page, { folded, typed }: Form): Promise<void> {
  if (folded !== undefined) await page.locator('summary', { hasText: folded }).click()
  for (const [name, value] of Object.entries(typed)) {
    const one = field(page, name)
    if (await one.evaluate((element) => element instanceof HTMLSelectElement)) await one.selectOption({ value })
    else await one.fill(value)
  }
}

/** A page that was typed into while its scripts were on their way, now that they have come. */
async function typedEarly(form: Form, said: Fields) {
  const visit = await signedIn(browser, house.url, keys[form.as])
  const { page } = visit
  const address = `${house.url}${form.path}?${new URLSearchParams(said)}`
  // Until its figures are there: a page that says that it is working needs its script for them.
  await expect.poll(async () => (await page.request.get(address)).text()).not.toContain('waiting waits')
  const { promise: awaited, resolve: letScriptsCome } = Promise.withResolvers<null>()
  await page.route('**/_app/**/*.js', async (route) => {
    await awaited
    await route.continue()
  })
  await page.goto(address, { waitUntil: 'commit' })
  await type(page, form)
  expect(await announcer(page).count()).toBe(0)
  letScriptsCome(null)
  await lives(page)
  return visit
}

test('what is typed after a refusal, before the page that tells of it lives, stays', async () => {
  const { page, context } = await signedIn(browser, house.url, keys.provider)
  const { promise: awaited, resolve: letScriptsCome } = Promise.withResolvers<null>()
  await page.route('**/_app/**/*.js', async (route) => {
    await awaited
    await route.continue()
  })
  await page.goto(house.url + registry, { waitUntil: 'commit' })
  await field(page, 'merchantNo').fill('nobody')
  await page.getByRole('button', { name: '发放密钥' }).click({ noWaitAfter: true })
  await page.locator('#keys').getByRole('alert').waitFor()
  await field(page, 'merchantNo').fill(merchantNo)
  expect(await announcer(page).count()).toBe(0)
  letScriptsCome(null)
  await lives(page)
  expect(await field(page, 'merchantNo').inputValue()).toBe(merchantNo)
  await context.close()
})

for (const form of [...search, newKey, signIn]) {
  test(`what is typed before the page lives stays: ${form.name}`, async () => {
    for (const said of [{}, form.said]) {
      const { page, context } = await typedEarly(form, said)
      expect(await shown(page, form.typed)).toEqual(form.typed)
      await context.close()
    }
  })
}

/** Asks for what was typed; gives how far back what was said before lies. */
async function ask(page: Page, { typed }: Form): Promise<number> {
  const entries = await page.evaluate(() => history.length)
  const [first = ''] = Object.keys(typed)
  await field(page, first).evaluate((element: HTMLInputElement) => element.form?.requestSubmit())
  await page.waitForURL(({ searchParams }) =>
    Object.entries(typed).every(([name, value]) => (searchParams.get(name) ?? '') === value),
  )
  await expect.poll(() => shown(page, typed)).toEqual(typed)
  return (await page.evaluate(() => history.length)) - entries
}
const go = (page: Page, steps: number): Promise<void> => page.evaluate((by) => history.go(by), steps)

for (const form of search) {
  test(`a form says what was asked for, and going back what was before: ${form.name}`, async () => {
    const { page, context } = await typedEarly(form, form.said)
    const steps = await ask(page, form)
    await go(page, -steps)
    await expect.poll(() => shown(page, form.said)).toEqual(form.said)
    await go(page, steps)
    await expect.poll(() => shown(page, form.typed)).toEqual(form.typed)
    await context.close()
  })

  test(`a browser that comes back from elsewhere does not fill in what was typed: ${form.name}`, async () => {
    const { page, context } = await typedEarly(form, form.said)
    const steps = await ask(page, form)
    await page.goto(`${house.url}/readyz`)
    await go(page, -steps - 1)
    await lives(page)
    expect(await shown(page, form.said)).toEqual(form.said)
    await context.close()
  })
}

test('a form for new keys says whose row was chosen, whatever was typed', async () => {
  const { page, context } = await typedEarly(newKey, {})
  await page.locator('#search').getByRole('link', { name: '发放密钥' }).first().click()
  await expect.poll(() => shown(page, newKey.typed)).toEqual({ merchantNo, terminalNo: '10000001' })
  await page.goBack()
  await expect.poll(() => shown(page, newKey.typed)).toEqual({ merchantNo: '', terminalNo: '' })
  await context.close()
})

test('the form of own days says the days that were chosen, whatever was typed', async () => {
  for (const form of search.filter(({ folded }) => folded === '自选')) {
    const { page, context } = await typedEarly(form, form.said)
    await page.getByRole('link', { name: '近30天' }).click()
    await expect.poll(() => shown(page, form.typed)).toEqual({ from: daysAgo(29), to: daysAgo(0) })
    await page.goBack()
    await expect.poll(() => shown(page, form.typed)).toEqual(form.said)
    await context.close()
  }
})
