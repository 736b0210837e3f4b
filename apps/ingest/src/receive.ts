/** `POST /v1/events`, from the request to its answer. Read it top to bottom: it is the way of an event. */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { Refusal } from '@tillsight/shared/events/refusal.ts'
import { principalOf } from '@tillsight/shared/http/bearer.ts'
import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody, type Posted } from '@tillsight/shared/http/read-body.ts'
import type { KeyRing, Principal } from '@tillsight/shared/registry/keys.ts'
import { mayPost } from '@tillsight/shared/registry/scope.ts'
import type { Origins } from '@tillsight/shared/registry/terminals.ts'
import { Busy, type Committer } from './commit.ts'
import { decoderFor, largestBody, type Sent } from './decode.ts'
import { largestEvent } from './event-size.ts'
import { judge } from './judge.ts'
import type { BytesInHand, RateLimits } from './limits.ts'
import type { Quarantine } from './quarantine.ts'
import type { Telemetry } from './telemetry.ts'
import { isEvent } from './validate.ts'

export interface Ingest {
  keys: KeyRing
  origins: Origins
  limits: RateLimits
  inHand: BytesInHand
  quarantine: Pick<Quarantine, 'admit'>
  committer: Pick<Committer, 'commit'>
  telemetry: Telemetry
}

type Result = TillEvent | Refusal

interface Rejected extends Refusal {
  index: number
  id: string | null
}

export async function receive(c: Posted, ingest: Ingest): Promise<Response> {
  const receivedAt = Date.now()
  const principal = await principalOf(c.req.raw, ingest.keys)
  if (!mayPost(principal)) throw notFound()
  await ingest.limits.admit(principal, 'requests', 1)

  const decode = decoderFor(c.req.raw.headers)
  const share = ingest.inHand.open()
  try {
    const body = await readBody(c, largestBody, share)
    const sent = decode(body)
    await ingest.limits.admit(principal, 'events', sent.length)

    const judged = await judge(sent, principal, ingest.origins, receivedAt, body.length > largestEvent)
    return answer(await store(judged, sent, principal, receivedAt, ingest), sent, ingest)
  } finally {
    share.release()
  }
}

/** Commits the events, and what is kept of the refused ones. Gives the results again, with those refused that can't be stored. */
async function store(
  results: Result[],
  sent: readonly Sent[],
  principal: Principal,
  receivedAt: number,
  ingest: Ingest,
): Promise<Result[]> {
  const { telemetry } = ingest
  const committed = telemetry.commitSeconds.startTimer()
  const commit = async (events: readonly TillEvent[], of: Result[]) => {
    const refused = of.flatMap((refusal, i) => (isEvent(refusal) ? [] : [{ refusal, sent: valueOf(sent[i]) }]))
    const kept = await ingest.quarantine.admit(refused, principal, receivedAt)
    try {
      const unstorable = await ingest.committer.commit(events, receivedAt, kept.rows)
      telemetry.kept(kept)
      return unstorable
    } finally {
      kept.settled()
    }
  }
  try {
    const events = results.filter(isEvent)
    await ingest.origins.markActive(events)
    const unstorable = new Set<Result>(await commit(events, results))
    committed()
    for (const { time } of events) telemetry.lateSeconds.observe((receivedAt - time) / 1000)
    if (unstorable.size === 0) return results
    const final = results.map((result) => (unstorable.has(result) ? notStorable : result))
    await commit([], final)
    return final
  } catch (error) {
    telemetry.commitFailed(error)
    throw notStoredNow(error)
  }
}

const notStorable: Refusal = { code: 'invalid_event', pointer: '', detail: 'the store can not take this event' }

/** The 503 for events that may not be in the store. */
export const notStoredNow = (error: unknown): Problem =>
  new Problem(503, 'The events could not be stored now. Nothing of this request is promised: send it again whole.', {
    headers: { 'retry-after': error instanceof Busy ? '1' : '5' },
    cause: error instanceof Busy ? undefined : error,
  })

function answer(results: Result[], sent: readonly Sent[], { telemetry }: Ingest): Response {
  const rejected = results.flatMap((result, index) =>
    isEvent(result) ? [] : [{ index, id: idOf(valueOf(sent[index])), ...result } satisfies Rejected],
  )
  const accepted = results.length - rejected.length
  for (const { code } of rejected) telemetry.events.inc({ result: code })
  if (accepted === 0) {
    throw new Problem(422, 'None of the events could be accepted; see rejected.', {
      members: { accepted, rejected },
    })
  }
  telemetry.events.inc({ result: 'accepted' }, accepted)
  return Response.json({ accepted, rejected })
}

const valueOf = (sent: Sent | undefined): unknown => (sent !== undefined && 'value' in sent ? sent.value : undefined)

function idOf(value: unknown): string | null {
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return typeof id === 'string' ? id : null
}
