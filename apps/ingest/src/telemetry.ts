/** What an operator watches of the ingest, in Prometheus' terms. */

import { remedyFor } from '@tillsight/shared/store/insert-error.ts'
import type { RollupProgress } from '@tillsight/shared/store/connect.ts'
import type { ServerResponse } from 'node:http'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { Busy, type Committer, type InsertReport } from './commit.ts'
import type { BytesInHand } from './limits.ts'
import type { Kept } from './quarantine.ts'

export class Telemetry {
  readonly registry = new Registry()
  readonly #requests = new Counter({
    name: 'tillsight_ingest_requests_total',
    help: 'Requests to /v1, by the status of the answer, or "hung up" where the caller left before it',
    labelNames: ['status'],
    registers: [this.registry],
  })
  /** Is it kept up with? What is refused, and why? */
  readonly events = new Counter({
    name: 'tillsight_ingest_events_total',
    help: 'Events answered, by result: accepted, or the code of the refusal',
    labelNames: ['result'],
    registers: [this.registry],
  })
  readonly #quarantined = new Counter({
    name: 'tillsight_ingest_quarantined_total',
    help: 'Refused events, by whether they are kept in the quarantine or there was no more room for their key',
    labelNames: ['kept'],
    registers: [this.registry],
  })
  /** How long does it take from arrival to commit? */
  readonly commitSeconds = new Histogram({
    name: 'tillsight_ingest_commit_seconds',
    help: 'Time from the arrival of a request, its body read, to the commit of its events',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20],
    registers: [this.registry],
  })
  /** How late do tills speak? */
  readonly lateSeconds = new Histogram({
    name: 'tillsight_ingest_late_seconds',
    help: 'Time from what an accepted event tells of to its arrival; below zero where a clock is ahead',
    buckets: [0, 1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800],
    registers: [this.registry],
  })
  readonly #insertSeconds = new Histogram({
    name: 'tillsight_ingest_insert_seconds',
    help: 'Time of one insert into ClickHouse',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20],
    registers: [this.registry],
  })
  readonly #insertRows = new Histogram({
    name: 'tillsight_ingest_insert_rows',
    help: 'Rows of one insert',
    buckets: [1, 10, 100, 1_000, 10_000, 100_000],
    registers: [this.registry],
  })
  readonly #failedInserts = new Counter({
    name: 'tillsight_ingest_failed_inserts_total',
    help: 'Inserts that failed for good, by what to do: retry (the store was away or busy), operator (somebody must look)',
    labelNames: ['remedy'],
    registers: [this.registry],
  })
  readonly #failedCommits = new Counter({
    name: 'tillsight_ingest_failed_commits_total',
    help: 'Requests answered 503, by whether the queue was full or the insert failed',
    labelNames: ['reason'],
    registers: [this.registry],
  })

  kept({ rows, leftOut }: Pick<Kept, 'rows' | 'leftOut'>): void {
    this.#quarantined.inc({ kept: 'yes' }, rows.length)
    this.#quarantined.inc({ kept: 'no' }, leftOut)
  }

  answered({ writableFinished, statusCode }: Pick<ServerResponse, 'writableFinished' | 'statusCode'>): void {
    this.#requests.inc({ status: writableFinished ? statusCode : 'hung up' })
  }

  commitFailed(error: unknown): void {
    this.#failedCommits.inc({ reason: error instanceof Busy ? 'full' : 'insert' })
  }

  inserted({ rows, seconds, error }: InsertReport): void {
    this.#insertSeconds.observe(seconds)
    this.#insertRows.observe(rows)
    if (error !== undefined) this.#failedInserts.inc({ remedy: remedyFor(error) })
  }

  /** What is asked for whenever the figures are read. */
  watch(
    committer: Pick<Committer, 'rowsWaiting' | 'waitingSince'>,
    inHand: BytesInHand,
    rollup: Pick<RollupProgress, 'rolledTo'>,
  ): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read())
        },
      })
    gauge('tillsight_ingest_rows_waiting', 'Rows that wait for their insert', () => committer.rowsWaiting)
    gauge('tillsight_ingest_body_bytes', 'Bytes of request bodies that are in hand', () => inHand.bytes)
    gauge(
      'tillsight_figures_behind_seconds',
      'How far the figures are behind: since when the oldest received row waits for its insert',
      () => (committer.waitingSince === undefined ? 0 : (Date.now() - committer.waitingSince) / 1000),
    )
    gauge(
      'tillsight_rollup_behind_seconds',
      'Up to how long ago everything is rolled up; what came since is derived whenever a figure is read',
      () => (Date.now() - rollup.rolledTo) / 1000,
    )
  }
}
