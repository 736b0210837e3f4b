/** One visit to a page by a phone that has never seen it: opened, read, tapped. What the browser itself measures of it. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { phone } from '../../support/browser.ts'
import { note, type Customer } from '../../support/cashier.ts'

export interface Visit {
  /** Compressed bytes of script, before anybody touches the page. */
  scriptBytes: number
  /** The same once its charts are interactive. */
  aliveScriptBytes: number
  /** Largest contentful paint, milliseconds after the page was asked for. */
  paintMs: number
  /** All that it shows is there, milliseconds after the page was asked for. */
  shownMs: number
  /** Cumulative layout shift, until other days are chosen. */
  shift: number
  /** Of the taps, the slowest interaction to next paint, milliseconds. Undefined where there is nothing to tap. */
  tapMs: number | undefined
  /** It has a choice of days, and so figures. */
  hasRange: boolean
}

export type StoredSession = Awaited<ReturnType<BrowserContext['storageState']>>

/** A cheap phone on a slow mobile network. */
export const profile = { timesSlower: 4, downMbps: 1.6, upMbps: 0.75, roundTripMs: 150 }

const bytesPerSecond = (mbps: number): number => (mbps * 1e6) / 8

/** @param session undefined: of nobody. */
export async function visit(
  browser: Browser,
  session: StoredSession | undefined,
  address: string,
  use: (page: Page) => Promise<Visit>,
): Promise<Visit> {
  // Nothing is in the cache of a new context.
  const context = await browser.newContext({
    viewport: phone,
    deviceScaleFactor: 3,
    isMobile: true,
    hasTouch: true,
    ...(session === undefined ? {} : { storageState: session }),
  })
  try {
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: profile.roundTripMs,
      downloadThroughput: bytesPerSecond(profile.downMbps),
      uploadThroughput: bytesPerSecond(profile.upMbps),
    })
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: profile.timesSlower })
    await page.addInitScript(watch)
    const response = await page.goto(address)
    if (response?.status() !== 200 || new URL(page.url()).pathname !== new URL(address).pathname)
      throw new Error(`${address} was answered with ${response?.status() ?? 'nothing'} at ${page.url()}`)
    return await use(page)
  } finally {
    await context.close()
  }
}

/** The owner: looks, touches a chart, and chooses other days. */
export async function look(page: Page): Promise<Visit> {
  // Else it says that it is still working something out. When that is done it loads itself anew.
  await page.waitForFunction(
    () =>
      document.readyState !== 'loading' &&
      document.querySelector('main h1') &&
      !document.querySelector('main .moving-line'),
  )
  const shownMs = await page.evaluate(sinceAsked)
  const opened = await quiet(page)
  const chart = page.locator('.chart').first()
  const hasChart = (await chart.count()) > 0
  if (hasChart) {
    await chart.tap()
    await page.locator('.chart[data-alive]').first().waitFor()
  }
  const alive = await quiet(page)
  const range = page.getByRole('navigation', { name: '看哪段时间' })
  const hasRange = (await range.count()) > 0
  if (hasRange) {
    const before = page.url()
    // The last one is the longest.
    await range.locator('ul a:not([aria-current])').last().tap()
    await page.waitForURL((url) => url.href !== before)
  }
  const { tapMs, documentOf } = await quiet(page)
  if (documentOf !== opened.documentOf) throw new Error(`a tap on ${page.url()} loaded the page anew`)
  return {
    scriptBytes: opened.scriptBytes,
    aliveScriptBytes: alive.scriptBytes,
    // After the first tap the browser counts no more of them.
    paintMs: opened.paintMs,
    shownMs,
    shift: alive.shift,
    tapMs: hasChart || hasRange ? tapMs : undefined,
    hasRange,
  }
}

/** A cashier who sets the phone up and notes three customers. */
export async function noteCustomers(page: Page): Promise<Visit> {
  const shownMs = await page.evaluate(sinceAsked)
  const opened = await quiet(page)
  await page.getByRole('button', { name: '开始使用' }).tap()
  for (const customer of customers) await note(page, customer)
  const { tapMs, scriptBytes } = await quiet(page)
  return { ...opened, shownMs, aliveScriptBytes: scriptBytes, tapMs, hasRange: false }
}

const customers: readonly Customer[] = [
  { amount: '86' },
  { amount: '128.5', method: '微信' },
  { amount: '45', less: '30', method: '现金' },
]

interface Seen {
  paintMs: number
  shift: number
  tapMs: number
  /** Of anything that the page loaded, painted or did. */
  happened: number
}

interface SeenSoFar extends Seen {
  scriptBytes: number
  /** When the document began: another one counts anew. */
  documentOf: number
}

/** Event Timing tells of nothing that is faster. */
const fastestToldMs = 16
const quietForMs = 1_000
const mostWaits = 60

/** What was seen by the time at which nothing has happened for a second. */
async function quiet(page: Page): Promise<SeenSoFar> {
  let last = -1
  for (let waits = 0; waits < mostWaits; waits += 1) {
    const seen = await page.evaluate(seenSoFar)
    if (seen.happened === last) return { ...seen, tapMs: Math.max(seen.tapMs, fastestToldMs) }
    last = seen.happened
    await pause(quietForMs)
  }
  throw new Error(`${page.url()} does not come to rest`)
}

// The functions below run in the page, and know nothing but what is in them.

/** Milliseconds since the page was asked for, of which this may be the second document. */
function sinceAsked(): number {
  return performance.timeOrigin + performance.now() - Number(sessionStorage.getItem('askedAt'))
}

/** Largest contentful paint, layout shift and interactions, by their definitions at https://web.dev/articles/vitals. */
function watch(): void {
  const seen = { paintMs: 0, shift: 0, tapMs: 0, happened: 0 }
  const { timeOrigin } = performance
  const askedAt = Number(sessionStorage.getItem('askedAt') ?? timeOrigin)
  sessionStorage.setItem('askedAt', String(askedAt))
  Object.assign(window, { seen })
  const observe = (type: string, take: (entry: PerformanceEntry) => void): void => {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        seen.happened += 1
        take(entry)
      }
    })
    observer.observe({ type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
  }
  observe('resource', () => undefined)
  observe('largest-contentful-paint', ({ startTime }) => (seen.paintMs = timeOrigin - askedAt + startTime))
  // The worst burst of shifts: less than a second between two, less than five altogether.
  let burst = { from: 0, to: 0, shift: 0 }
  observe('layout-shift', (entry) => {
    const { startTime, value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
    if (hadRecentInput) return
    const goesOn = startTime - burst.to < 1_000 && startTime - burst.from < 5_000
    burst = goesOn
      ? { ...burst, to: startTime, shift: burst.shift + value }
      : { from: startTime, to: startTime, shift: value }
    seen.shift = Math.max(seen.shift, burst.shift)
  })
  observe('event', (entry) => {
    const { interactionId, duration } = entry as PerformanceEventTiming
    if (interactionId > 0) seen.tapMs = Math.max(seen.tapMs, duration)
  })
}

function seenSoFar(): SeenSoFar {
  const { seen } = window as unknown as { seen: Seen }
  const scripts = new Map<string, number>()
  for (const entry of performance.getEntriesByType('resource') as PerformanceResourceTiming[]) {
    if (/\.m?js$/.test(new URL(entry.name).pathname)) scripts.set(entry.name, entry.encodedBodySize)
  }
  const scriptBytes = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0)
  return { ...seen, scriptBytes, documentOf: performance.timeOrigin }
}
