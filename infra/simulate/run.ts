/** The run itself: the market's days pass, a line tells how it goes, and at the end what came of it. */

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { everyMs, say, show } from '../display.ts'
import { Gateway } from './gateway.ts'
import { countLaterAnswers } from './later-answers.ts'
import { Latencies } from './latencies.ts'
import { Load } from './load.ts'
import type { Options } from './options.ts'
import { lineOf, summaryOf, type Counts } from './report.ts'
import type { Target } from './target.ts'

/** How often it looks for answers, and after how many looks it records. */
const lookMs = 25
const looksPerStep = 4
/** Where the machine was busy elsewhere, no more than this is made up for at once. */
const longestStepMs = 1_000
const answerWithinMs = 30_000

interface Surroundings {
  /** For the queues. */
  directory: string
  /** Aborted to stop. */
  signal: AbortSignal
}

/** Posts until it is stopped or its time is over. Gives whether all that was recorded was answered. */
export async function run(options: Options, target: Target, { directory, signal }: Surroundings): Promise<boolean> {
  const latencies = new Latencies()
  const refused = new Map<string, number>()
  const later = countLaterAnswers()
  const gateways = new Map(
    [...target.keys].map(([provider, key]) => {
      const file = join(directory, `${provider}.queue`)
      return [provider, new Gateway({ url: target.url, key, file, latencies, refused, onProblem: say })] as const
    }),
  )
  const all = [...gateways.values()]
  const sum = (what: (gateway: Gateway) => number) => all.reduce((total, gateway) => total + what(gateway), 0)
  const counts = (): Counts => ({
    recorded: sum(({ recorded }) => recorded),
    queued: sum(({ queued }) => queued),
    refused,
    later,
  })
  const load = new Load({ market: target.market, gateways, rate: options.rate, days: options.days })
  introduce(options, target, load)

  const started = performance.now()
  const cpu = process.cpuUsage()
  const over = started + (options.minutes ?? Infinity) * 60_000
  let stepped = started
  let shown = { at: started, counts: counts() }
  for (let looks = 1; !signal.aborted && performance.now() < over; looks += 1) {
    const now = performance.now()
    for (const gateway of all) gateway.look(now)
    if (looks % looksPerStep === 0) {
      load.step(Math.min(now - stepped, longestStepMs))
      stepped = now
    }
    if (now - shown.at >= everyMs) {
      const current = counts()
      const since = { before: shown.counts, seconds: (now - shown.at) / 1_000 }
      const { now: marketTime, lap, offline } = load
      show(lineOf({ ...current, ...since, marketTime, lap, offline, terminals: options.terminals }))
      shown = { at: now, counts: current }
    }
    await pause(lookMs, undefined, { signal }).catch(() => {})
  }

  const seconds = (performance.now() - started) / 1_000
  say('Stopping: what was recorded is sent, and its answers are waited for …')
  await Promise.all(all.map((gateway) => gateway.close(answerWithinMs)))
  const { user, system } = process.cpuUsage(cpu)
  const end = { ...counts(), dropped: sum(({ dropped }) => dropped), seconds, cpuSeconds: (user + system) / 1e6 }
  say(summaryOf({ ...end, p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) }))
  return end.queued === 0 && end.dropped === 0
}

function introduce({ terminals, rate, days, seed }: Options, { url, market, own }: Target, load: Load): void {
  const minutes = ((load.perDay * days) / rate / 60).toFixed(1)
  const perDay = Math.round(load.perDay).toLocaleString('en')
  const [first] = market.merchants
  say(`${terminals} tills of ${market.merchants.length} invented shops, seed ${seed}, post to ${url}.`)
  say(
    `The days from ${load.since} up to now, some ${perDay} events each, pass in ${minutes} minutes; then the last ones once more.`,
  )
  if (own === undefined) say(`One of the shops: ${first?.record.name ?? ''}, ${first?.merchantNo ?? ''}.`)
  else {
    say(`This Tillsight goes with the simulation. ${first?.record.name ?? ''}: ${url}/sign-in#key=${own.ownersKey}`)
    say(`The operator's key: ${own.operatorKey}`)
  }
  say('Ctrl-C stops.\n')
}
