/** One data directory, served by `npm start` and asked for every figure. */

import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { adminKey } from '../../support/house.ts'
import { startProcess, startServerProcess, type ServerProcess } from '../../support/process.ts'
import { peakMemoryOf } from '../usage.ts'
import { quantile, timesOf, type Question, type Times } from './ask.ts'
import { addressOf, type Figure } from './figures.ts'
import type { LiveTrade, Posted } from './load-process.ts'
import type { Prepared } from './prepare-process.ts'

export type AllTimes = ReadonlyMap<string, Times>

export interface Subject {
  merchantNo: string
  providerId: string
}

/** The one in the middle of the merchants by events, and of the providers. */
export function middleOf({ merchants, providers }: Prepared): Subject {
  const merchant = merchants[merchants.length >> 1]
  const provider = providers[providers.length >> 1]
  if (merchant === undefined || provider === undefined) throw new Error('there are too few events for a merchant')
  return { merchantNo: merchant.merchantNo, providerId: provider.providerId }
}

/** What any answer takes: the registry's record of the merchant. */
export const plainRecord = 'a record of the registry'
/** Of provider figures, one in so many rounds. */
const providerEvery = 4

export class House {
  readonly #server: ServerProcess

  private constructor(server: ServerProcess) {
    this.#server = server
  }

  static async open(dataDir: string): Promise<House> {
    return new House(await startServerProcess({ DATA_DIR: dataDir, ADMIN_KEY: adminKey }))
  }

  async times(figures: readonly Figure[], subject: Subject, rounds: number): Promise<AllTimes> {
    const ask = async (path: string): Promise<void> => {
      const response = await this.#server.call('GET', path)
      const body = await response.text()
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${body}\n${this.#server.output()}`)
    }
    const questions = figures.map((figure): Question => ({
      name: figure.name,
      every: figure.of === 'provider' ? providerEvery : 1,
      ask: () => ask(addressOf(figure, subject)),
    }))
    questions.push({ name: plainRecord, every: 1, ask: () => ask(`/api/v1/merchants/${subject.merchantNo}`) })
    return timesOf(questions, rounds)
  }

  answer<T>(figure: Figure, subject: Subject): Promise<T> {
    return this.#server.json<T>('GET', addressOf(figure, subject))
  }

  peakMemoryBytes(): number {
    return peakMemoryOf(this.#server.pid)
  }

  /** While so many events a second are posted beside it. */
  async beside<T>(eventsPerSecond: number, seed: string, warmUpMs: number, work: () => Promise<T>) {
    const trade: LiveTrade = { url: this.#server.url, key: adminKey, eventsPerSecond, seed }
    const load = await startProcess(
      join(import.meta.dirname, 'load-process.ts'),
      [JSON.stringify(trade)],
      {},
      /^posting$/m,
    )
    try {
      await pause(warmUpMs)
      const result = await work()
      const { code } = await load.kill('SIGTERM')
      if (code !== 0) throw new Error(`the load ended with ${code}:\n${load.output()}\n${this.#server.output()}`)
      const { events, seconds } = JSON.parse(load.output().trim().split('\n').at(-1) ?? '') as Posted
      return { result, eventsPerSecond: events / seconds }
    } finally {
      await load.kill('SIGKILL')
    }
  }

  /**
   * Seconds from the answer to a late event until its merchant-day is rolled up again, the slowest of some.
   * @param at UTC milliseconds: when the events are said to have happened.
   */
  async rollupSeconds(merchantNo: string, at: number, times: number): Promise<number> {
    const taken: number[] = []
    for (let i = 0; i < times; i += 1) {
      const sale = { checkoutId: `late-${Date.now()}-${i}`, attempt: 1, amount: 100, method: 'CASH' }
      await this.#server.json('POST', '/v1/events', {
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({
          specversion: '1.0',
          id: `late-${Date.now()}-${i}`,
          source: `urn:terminal:${merchantNo}:10000001`,
          type: 'tillsight.payment.succeeded',
          time: new Date(at + i).toISOString(),
          data: { ...sale, customer: { token: 'a customer' } },
        }),
      })
      const answered = Date.now()
      const start = performance.now()
      while ((await this.#rolledTo()) <= answered) await pause(10)
      taken.push((performance.now() - start) / 1000)
      // Not in step with the job.
      await pause(100 * i)
    }
    return quantile(taken, 1)
  }

  async #rolledTo(): Promise<number> {
    const now = Date.now()
    const metrics = await (await this.#server.call('GET', '/metrics')).text()
    const behind = /^tillsight_rollup_behind_seconds (\S+)$/m.exec(metrics)?.[1]
    if (behind === undefined) throw new Error(`/metrics does not tell how far the rollup is:\n${metrics}`)
    return now - Number(behind) * 1000
  }

  async close(): Promise<void> {
    await this.#server.kill('SIGTERM')
  }
}
