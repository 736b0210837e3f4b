/** What an operator watches of the ingest, in Prometheus' terms. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export class Telemetry {
  readonly registry = new Registry()
  /** By `accepted`, or the refusal code. */
  readonly events = new Counter({
    name: 'tillsight_ingest_events_total',
    help: 'Events received, by result: accepted, or the code of the refusal',
    labelNames: ['result'],
    registers: [this.registry],
  })
  readonly commitSeconds = new Histogram({
    name: 'tillsight_ingest_commit_seconds',
    help: 'Time from an event being valid to its commit',
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers: [this.registry],
  })
  readonly failedCommits = new Counter({
    name: 'tillsight_ingest_failed_commits_total',
    help: 'Requests answered 503 because their events could not be committed',
    registers: [this.registry],
  })

  /** `rowsWaiting` is read whenever the figures are. */
  watchQueue(rowsWaiting: () => number): void {
    new Gauge({
      name: 'tillsight_ingest_rows_waiting',
      help: 'Rows that wait for their insert',
      registers: [this.registry],
      collect() {
        this.set(rowsWaiting())
      },
    })
  }
}
