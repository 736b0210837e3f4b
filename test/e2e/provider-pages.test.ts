/** The acquirer's pages in a real browser: what they point at was planted, and their figures are the judge's. */

import { exactYuan, yuan } from '@tillsight/dashboard/src/lib/format.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judgeAdoption, judgeOpenings, type AdoptionQuestion } from '../judge/adoption.ts'
import { judgeCodes, judgeFirmwares, judgeMerchants } from '../judge/provider-pages.ts'
import { phone } from '../support/browser.ts'
import { looks } from '../support/looks.ts'
import { percent } from '../support/owner.ts'
import { keyFor, post, register, type House } from '../support/house.ts'
import { number, openFleet, tableOf, type OpenFleet } from './open-fleet.ts'
import { beganDaysAgo, hour, localDay, merchantNos, providerId, unmappedCode } from './provider-fleet.ts'
import { brokenRules, overflowOf } from '../support/readable.ts'

let fleet: OpenFleet
let house: House
let key: string
let asked: AdoptionQuestion
let visit: OpenFleet['visit']
const now = Date.now()

beforeAll(async () => {
  fleet = await openFleet(now)
  ;({ house, key, asked, visit } = fleet)
})
afterAll(() => fleet.close())

const fen = (text: string | undefined): number => Math.round(number(text) * 100)
const written = (n: number | null): string => (n === null ? '–' : String(n))
const share = (of: number | null): string => (of === null ? '–' : percent(of))
const pages = ['', '/compatibility', '/merchants', '/reasons']

test('signing in leads a provider to its pages, and the operator finds them', async () => {
  const { page, context } = await visit('/')
  expect(new URL(page.url()).pathname).toBe(`/p/${providerId}`)
  await context.close()
  const operator = await visit('/', {}, 'the-operator-of-the-tests')
  await operator.page.getByRole('link', { name: `Provider ${providerId}` }).click()
  await operator.page.waitForURL(`**/p/${providerId}`)
  await operator.context.close()
})

test('a provider that has no shop yet has pages, and figures of nothing', async () => {
  await house.json('PUT', '/api/v1/providers/newcomer', { body: { name: 'Newcomer' }, expected: 201 })
  const newcomer = await keyFor(house, { role: 'provider', providerId: 'newcomer' })
  const days = `from=${localDay(now - 6 * 24 * hour)}&to=${localDay(now)}`
  const figures = `/api/v1/providers/newcomer`
  for (const path of [`${figures}/adoption?${days}&by=model`, `${figures}/breakdown?${days}&by=merchant`])
    await house.json('GET', path, { key: newcomer })
  const paths = [...pages, '/fleet', '/registry', '/figures', ...pages.slice(1).map((path) => `${path}/figures`)]
  for (const path of paths) {
    const answer = await house.call('GET', `/p/newcomer${path}`, {
      key: null,
      headers: { cookie: `tillsight_key=${newcomer}` },
    })
    expect([path, answer.status]).toEqual([path, 200])
    await answer.text()
  }
})

test('a provider sees its own pages only, a merchant none, and nobody learns which there are', async () => {
  const merchant = await keyFor(house, { role: 'merchant', merchantNo: merchantNos[0] ?? '' })
  for (const [as, whose] of [
    [key, 'p2'],
    [merchant, providerId],
    [merchant, 'p2'],
  ] as const) {
    for (const path of [
      ...pages,
      '/figures',
      '/merchants/figures',
      '/merchants/file',
      '/reasons/figures',
      '/compatibility/figures',
    ]) {
      const answers = await Promise.all(
        [whose, 'nobody'].map(async (id) => {
          const answer = await house.call('GET', `/p/${id}${path}`, {
            key: null,
            headers: { cookie: `tillsight_key=${as}` },
          })
          return { status: answer.status, body: (await answer.text()).replaceAll(id, '') }
        }),
      )
      expect([path, answers[0]?.status]).toEqual([path, 404])
      if (path.includes('fi')) expect(answers[0]).toEqual(answers[1])
    }
  }
  const strange = await fetch(`${house.url}/p/p2/reasons?/change`, {
    method: 'POST',
    headers: { cookie: `tillsight_key=${key}`, origin: house.url, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'system=LOCAL&value=E1&reason=SYSTEM',
  })
  expect(strange.status).toBe(404)
})

test('funnel, groups and curves by group are the judge’s', async () => {
  const { page, context } = await visit(`/p/${providerId}`)
  const judged = judgeAdoption(asked)
  const funnel = await tableOf(page, '花呗开通走到哪一步')
  expect(funnel.map(([, terminals]) => number(terminals))).toEqual(Object.values(judged.funnel))

  const today = judged.days.filter(({ day }) => day === asked.to)
  const groups = await tableOf(page, '按机型看开通情况')
  expect(groups.map(([group, count, open]) => [group, number(count), number(open)]).sort()).toEqual(
    today.map(({ group, terminals, open }) => [group, terminals, open]).sort(),
  )

  const openings = judgeOpenings(asked).filter(({ terminals }) => terminals >= 20)
  expect(openings.length).toBe(2)
  const curves = await tableOf(page, '被拒之后，多久能开通')
  const all = { group: '全部终端', ...judged.timeToOpen }
  for (const { group, terminals, opened, medianDays, low, high, curve } of [all, ...openings]) {
    const told = [terminals, opened, medianDays, low, high].map(written)
    expect(curves.filter(([name]) => name === group).map(([, ...rest]) => rest)).toEqual(
      curve.map((point) => [
        ...[written(point.day), share(point.notOpen), share(point.low), share(point.high)],
        ...told,
      ]),
    )
  }
  await context.close()
})

test('the bad firmware is named with the day it began, the upgrade that helps is named, and nothing else is', async () => {
  const { page, context } = await visit(`/p/${providerId}/compatibility`)
  const alarms = await tableOf(page, '突然变差的固件')
  expect(alarms.map(([model, firmware, since]) => [model, firmware, since])).toEqual([
    ['K9', '3.1.0', localDay(now - beganDaysAgo * 24 * hour - 2 * hour)],
  ])
  const upgrades = await tableOf(page, '升级哪个固件最划算')
  expect(upgrades.map(([model, from, to]) => [model, from, to])).toEqual([['I9', '1.9.0', '1.10.0']])

  const matrix = await tableOf(page, '各机型、各固件收花呗的情况')
  const rows = matrix.map(([model, firmware, checkouts, approved, technical, , , lost]) => ({
    ...{
      model,
      firmware,
      checkouts: number(checkouts),
      approved: number(approved),
      technical: number(technical),
      lost: fen(lost),
    },
  }))
  const judged = judgeFirmwares(asked).map(({ model, firmware, checkouts, approved, technical, lost }) => ({
    ...{ model, firmware, checkouts, approved, technical, lost },
  }))
  expect(rows.sort((a, b) => ((a.firmware ?? '') < (b.firmware ?? '') ? -1 : 1))).toEqual(
    judged.sort((a, b) => (a.firmware < b.firmware ? -1 : 1)),
  )
  await context.close()
})

test('merchants are listed by loss, filtered, sorted, taken away, and lead to their own pages', async () => {
  const { page, context } = await visit(`/p/${providerId}/merchants`)
  const judged = judgeMerchants(asked).sort(
    (a, b) => b.lost - a.lost || b.high - a.high || (a.merchantNo < b.merchantNo ? -1 : 1),
  )
  const losses = async (): Promise<string[][]> =>
    (await page.locator('tbody td:nth-child(2)').allInnerTexts()).map((text) => text.split(/\s*\n\s*/))
  const said = ({ lost, high }: { lost: number; high: number }): string[] => [
    lost === 0 && high > 0 ? '说不准' : exactYuan(lost),
    ...(high > lost ? [`最多 ${yuan(high, 'zh')}`] : []),
  ]
  expect(await losses()).toEqual(judged.map(said))
  const bounded = judged.filter(({ lost, high }) => high > lost)
  expect(bounded.map(({ lost, merchantNo }) => [merchantNos.indexOf(merchantNo), lost > 0])).toEqual([
    [24, true],
    [28, false],
  ])

  await page.getByLabel('主要原因').selectOption({ value: 'LEGACY_INCOMPATIBLE' })
  await page.getByLabel('城市').selectOption({ value: '4401' })
  await page.getByRole('button', { name: '查找' }).click()
  await page.waitForURL(/cause=LEGACY_INCOMPATIBLE.*city=4401/)
  const left = judged.filter(
    ({ cause, merchantNo }) => cause === 'LEGACY_INCOMPATIBLE' && merchantNos.indexOf(merchantNo) < 20,
  )
  expect(left.length).toBeGreaterThan(2)
  await expect.poll(losses).toEqual(left.map(said))

  await page.getByRole('columnheader').getByRole('link', { name: '净流失' }).click()
  await page.waitForURL('**order=asc**')
  await expect.poll(losses).toEqual(left.map(said).reverse())

  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const file = await waiting
  const csv = await (await file.createReadStream()).setEncoding('utf8').toArray()
  expect(csv.join('').trim().split('\r\n')).toHaveLength(left.length + 1)
  const silent = await house.call('GET', `/p/${providerId}/merchants/file?format=csv&q=${merchantNos[28]}`, {
    key: null,
    headers: { cookie: `tillsight_key=${key}` },
  })
  const most = judged.find(({ merchantNo }) => merchantNo === merchantNos[28])?.high ?? 0
  expect(await silent.text()).toContain(`,0.00,${(most / 100).toFixed(2)},`)
  const excel = await house.call('GET', `/p/${providerId}/merchants/file?format=xlsx`, {
    key: null,
    headers: { cookie: `tillsight_key=${key}` },
  })
  expect([...new Uint8Array(await excel.arrayBuffer()).slice(0, 2)]).toEqual([0x50, 0x4b])

  await page.locator('tbody th a').first().click()
  await page.waitForURL('**/m/*')
  await page.getByText('实时更新').waitFor()
  await context.close()
})

test('a code is mapped after a preview of what moves, and who changed it is kept', async () => {
  const { page, context } = await visit(`/p/${providerId}/reasons`)
  const before = judgeCodes(asked)
  const mapped = { providerId, system: 'LOCAL', value: unmappedCode, reason: 'TECH_NO_SUPPORT' }
  const after = judgeCodes({ ...asked, ownCodes: [mapped] })
  const codeOf = ({ codes }: typeof before) => codes.find(({ code }) => code === `LOCAL ${unmappedCode}`)
  const moved = codeOf(after)
  expect([codeOf(before)?.lost, (moved?.lost ?? 0) > 0]).toEqual([0, true])

  const codes = page.getByRole('region', { name: '拒付码和它们的含义' })
  expect(await codes.innerText()).toContain(`其中 ${before.unmapped} 单`)
  await codes.getByRole('listitem').filter({ hasText: unmappedCode }).getByRole('link').click()
  await page.waitForURL(`**value=${unmappedCode}**`)
  const form = page.getByRole('region', { name: '认领或更正一个拒付码' })
  await form.getByLabel('归为').selectOption({ value: 'TECH_NO_SUPPORT' })
  await form.getByRole('button', { name: '看看会改什么' }).click()
  const preview = form.getByRole('status')
  await preview.waitFor()
  const said = await preview.innerText()
  expect(said).toContain(`${moved?.checkouts} 单会换成新的归类`)
  expect(fen(/→ (¥[\d,.]+)/.exec(said)?.[1])).toBe(moved?.lost)

  await preview.getByRole('button', { name: '保存' }).click()
  const history = page.getByRole('region', { name: '修改记录' })
  await history.getByText(unmappedCode).waitFor()
  expect(await history.innerText()).toMatch(/未自定义 → .*密钥 [0-9a-f]{8}/s)
  expect(await codes.innerText()).toContain(`其中 ${after.unmapped} 单`)

  await form.getByLabel('拒付码').fill(unmappedCode)
  await form.getByLabel('归为').selectOption({ value: 'none' })
  await form.getByRole('button', { name: '看看会改什么' }).click()
  await preview.getByRole('button', { name: '保存' }).click()
  await expect.poll(() => history.getByRole('listitem').count()).toBe(2)
  await context.close()
})

test('a code is mapped, corrected and kept in the history before any event has it, and counts when one has', async () => {
  const [early, merchantNo, terminalNo] = ['early', '898584058129901', '10000001']
  await house.json('PUT', `/api/v1/providers/${early}`, { body: { name: 'Early' }, expected: 201 })
  const its = await keyFor(house, { role: 'provider', providerId: early })
  const { page, context } = await visit(`/p/${early}/reasons`, { javaScriptEnabled: false, viewport: phone }, its)
  const form = page.getByRole('region', { name: '认领或更正一个拒付码' })
  const list = page.getByRole('region', { name: '拒付码和它们的含义' })
  const history = page.getByRole('region', { name: '修改记录' })
  const save = async (reason: string): Promise<void> => {
    await form.getByLabel('归为').selectOption({ value: reason })
    await form.getByRole('button', { name: '看看会改什么' }).click()
    await page.waitForURL(`**reason=${reason}**`)
    expect(await form.getByRole('status').innerText()).toContain('没有单子带这个码')
    await form.getByRole('button', { name: '保存' }).click()
    await page.waitForURL('**/reasons')
  }
  await form.getByLabel('拒付码').fill('NEW_1')
  await save('TECH_NO_SUPPORT')
  await list.getByRole('listitem').filter({ hasText: 'NEW_1' }).getByRole('link', { name: '更正' }).click()
  await expect.poll(() => form.getByLabel('拒付码').inputValue()).toBe('NEW_1')
  await save('OPERATION')
  expect(await history.getByRole('listitem').count()).toBe(2)
  expect(await overflowOf(page)).toBe(0)

  await register(house, { providerId: early, merchantNo, terminals: [terminalNo] })
  const at = Date.now() - hour
  await post(house, [
    {
      ...{ specversion: '1.0', id: 'early-1', source: `urn:terminal:${merchantNo}:${terminalNo}` },
      ...{ type: 'tillsight.payment.declined', time: new Date(at).toISOString() },
      data: {
        checkoutId: 'early-1',
        attempt: 1,
        amount: 100,
        method: 'HUABEI',
        code: { system: 'LOCAL', value: 'NEW_1' },
      },
    },
  ])
  await page.goto(`${house.url}/p/${early}/reasons?from=${localDay(at)}&to=${localDay(at)}`)
  const row = list.getByRole('listitem').filter({ hasText: 'NEW_1' })
  expect(await row.innerText()).toContain('1 单')
  expect(await history.getByRole('listitem').first().innerText()).toMatch(/NEW_1: .+ → .+密钥/s)
  await context.close()
})

test('why and who can mend it is told to the acquirer, not to a shop', async () => {
  for (const { english, title, who, how, shop } of [
    {
      ...{ english: false, title: '为什么收不了，找谁解决', who: ['收银机厂家、商户自己', '收银机厂家、本机构'] },
      ...{ how: '给商户换一台', shop: /店里|收单机构/ },
    },
    {
      ...{ english: true, title: 'Why, and who can mend it', who: ['till maker, the merchant', 'till maker, you'] },
      ...{ how: 'Work out an update with the maker', shop: /your (shop|acquirer)/i },
    },
  ]) {
    const { page, context } = await visit(`/p/${providerId}/reasons`, { english })
    const causes = page.getByRole('region', { name: title, exact: true })
    const said = await causes.innerText()
    expect(await causes.locator('dt + dd').allInnerTexts()).toEqual(expect.arrayContaining(who))
    expect(said).toContain(how)
    expect(said).not.toMatch(shop)
    await context.close()
  }
})

test('where there is too little to judge, the pages give no all-clear', async () => {
  const [few, merchantNo, terminalNo] = ['few', '898584058129902', '10000001']
  await house.json('PUT', `/api/v1/providers/${few}`, { body: { name: 'Few' }, expected: 201 })
  await register(house, { providerId: few, merchantNo, terminals: [terminalNo] })
  await post(house, [
    {
      ...{ specversion: '1.0', id: 'few-1', source: `urn:terminal:${merchantNo}:${terminalNo}` },
      ...{ type: 'tillsight.payment.declined', time: new Date(now - hour).toISOString() },
      data: {
        ...{ checkoutId: 'few-1', attempt: 1, amount: 100, method: 'HUABEI' },
        code: { system: 'ALIPAY', value: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' },
      },
    },
  ])
  const its = await keyFor(house, { role: 'provider', providerId: few })
  const { page, context } = await visit(`/p/${few}/compatibility`, {}, its)
  const saying = async (panel: string) => page.getByRole('region', { name: panel, exact: true }).innerText()
  expect(await saying('升级哪个固件最划算')).toContain('只比较因机器或固件做不了而被拒的单')
  expect(await saying('升级哪个固件最划算')).toContain('至少 50 单、5 家商户')
  expect(await saying('突然变差的固件')).toContain('从所选日子的前 28 天开始')
  await page.goto(`${house.url}/p/${few}/reasons`)
  expect(await saying('为什么收不了，找谁解决')).toContain('没有哪家商户因为收不了花呗')
  await context.close()
})

test('figures and tables are there before any script runs', async () => {
  for (const path of pages) {
    const { page, context } = await visit(`/p/${providerId}${path}`, { javaScriptEnabled: false, viewport: phone })
    expect(await page.getByRole('region').count()).toBeGreaterThan(0)
    await context.close()
  }
})

for (const { name, ...look } of looks) {
  test(`the pages can be read by everybody: ${name}`, async () => {
    for (const path of pages) {
      const { page, context, problems } = await visit(`/p/${providerId}${path}`, look)
      expect([path, await brokenRules(page)]).toEqual([path, []])
      expect([path, await overflowOf(page)]).toEqual([path, 0])
      expect(await page.locator('html').getAttribute('lang')).toBe(look.english ? 'en' : 'zh-CN')
      expect([path, problems]).toEqual([path, []])
      await context.close()
    }
  })
}
