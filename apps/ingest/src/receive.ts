/** `POST /v1/events`, from the request to its answer. Read it top to bottom: it is the way of an event. */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import type { Refusal } from '@tillsight/shared/events/refusal.ts'
import { bearerOf } from '@tillsight/shared/http/bearer.ts'
import { headerOf, type Posted } from '@tillsight/shared/http/posted.ts'
import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody } from '@tillsight/shared/http/read-body.ts'
import type { KeyRing, Principal } from '@tillsight/shared/registry/keys.ts'
import { mayPost } from '@tillsight/shared/registry/scope.ts'
import type { Origins } from '@tillsight/shared/registry/terminals.ts'
import { Busy, type Committer } from './commit.ts'
import { decoderFor, largestBody, type Sent } from './decode.ts'
import { judge } from './judge.ts'
import type { BytesInHand, RateLimits } from './limits.ts'
import type { Kept, Quarantine } from './quarantine.ts'
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

interface Rejected extends Refusal {
  index: number
  id: string | null
}

/** How long a key that was looked at is still good: within 5 s a revoked one is none. */
const believedForMs = 2_000

export async function receive(c: Posted, ingest: Ingest): Promise<Response> {
  const receivedAt = Date.now()
  const authorization = headerOf(c, 'authorization') ?? ''
  const principal = await bearerOf(authorization, ingest.keys)
  if (!mayPost(principal)) throw notFound()
  ingest.limits.admit(principal, 'requests', 1)

  const decode = decoderFor(c)
  const share = ingest.inHand.open()
  try {
    const body = await readBody(c, largestBody, share)
    // A body may take minutes to come, and its key may be revoked meanwhile.
    if (Date.now() - receivedAt > believedForMs) await bearerOf(authorization, ingest.keys)
    const committed = ingest.telemetry.commitSeconds.startTimer()
    const order = await orderOf(decode(body), principal, receivedAt, ingest)
    const unstorable = await stored(order, ingest)
    committed()
    if (unstorable.length > 0) await refuseToo(order, unstorable, decode(body), principal, receivedAt, ingest)
    return answer(order, ingest)
  } finally {
    share.release()
  }
}

/** What a request comes to. While its commit is under way it is all that is kept of it, beside the bytes it came as. */
interface Order {
  /** How many events were sent. */
  count: number
  rejected: Rejected[]
  /** By its place among the valid events: the index of each in the request, and how late it came, in seconds. */
  indices: readonly number[]
  lateSeconds: readonly number[]
  /** Under way: resolves with the places of those that the store can't take. */
  commit: Promise<readonly number[]>
}

async function orderOf(
  sent: readonly Sent[],
  principal: Principal,
  receivedAt: number,
  ingest: Ingest,
): Promise<Order> {
  ingest.limits.admit(principal, 'events', sent.length)
  const results = await judge(sent, principal, ingest.origins, receivedAt)
  const events = results.filter(isEvent)
  const refused = results.flatMap((result, index) =>
    isEvent(result) ? [] : [{ index, refusal: result, sent: valueOf(sent[index]) }],
  )
  try {
    await ingest.origins.markActive(events)
    const kept = await ingest.quarantine.admit(refused, principal, receivedAt)
    return {
      count: sent.length,
      rejected: refused.map(rejectedOf),
      indices: results.flatMap((result, index) => (isEvent(result) ? index : [])),
      lateSeconds: events.map(({ time }) => (receivedAt - time) / 1000),
      commit: commit(ingest, events, kept),
    }
  } catch (error) {
    throw notStoredNow(error)
  }
}

/** Commits the events and what is kept of the refused ones. */
function commit(
  { committer, telemetry }: Ingest,
  events: readonly TillEvent[],
  kept: Kept,
): Promise<readonly number[]> {
  const done = committer.commit(events, kept.rows).finally(kept.settled)
  return done.then((unstorable) => {
    telemetry.kept(kept)
    return unstorable
  })
}

/** The places of those that the store can't take. */
async function stored({ commit, lateSeconds }: Order, { telemetry }: Ingest): Promise<readonly number[]> {
  try {
    const unstorable = await commit
    for (const seconds of lateSeconds) telemetry.lateSeconds.observe(seconds)
    return unstorable
  } catch (error) {
    telemetry.commitFailed(error)
    throw notStoredNow(error)
  }
}

const notStorable: Refusal = { code: 'invalid_event', pointer: '', detail: 'the store can not take this event' }

/** Refuses those that the store can't take. They are read once more: hardly a request has any. */
async function refuseToo(
  { rejected, indices }: Order,
  unstorable: readonly number[],
  sent: readonly Sent[],
  principal: Principal,
  receivedAt: number,
  ingest: Ingest,
): Promise<void> {
  const refused = unstorable.map((place) => {
    const index = indices[place] ?? -1
    return { index, refusal: notStorable, sent: valueOf(sent[index]) }
  })
  try {
    const kept = await ingest.quarantine.admit(refused, principal, receivedAt)
    await commit(ingest, [], kept)
  } catch (error) {
    throw notStoredNow(error)
  }
  rejected.push(...refused.map(rejectedOf))
  rejected.sort((a, b) => a.index - b.index)
}

/** The 503 for events that may not be in the store. */
export const notStoredNow = (error: unknown): Problem =>
  new Problem(503, 'The events could not be stored now. Nothing of this request is promised: send it again whole.', {
    headers: { 'retry-after': error instanceof Busy ? '1' : '5' },
    cause: error instanceof Busy ? undefined : error,
  })

function answer({ count, rejected }: Order, { telemetry }: Ingest): Response {
  for (const { code } of rejected) telemetry.events.inc({ result: code })
  const accepted = count - rejected.length
  if (accepted === 0) {
    throw new Problem(422, 'None of the events could be accepted; see rejected.', {
      members: { accepted, rejected },
    })
  }
  telemetry.events.inc({ result: 'accepted' }, accepted)
  return Response.json({ accepted, rejected })
}

const valueOf = (sent: Sent | undefined): unknown => (sent !== undefined && 'value' in sent ? sent.value : undefined)

function rejectedOf({ index, refusal, sent }: { index: number; refusal: Refusal; sent: unknown }): Rejected {
  const id: unknown = typeof sent === 'object' && sent !== null && 'id' in sent ? sent.id : undefined
  return { index, id: typeof id === 'string' ? id : null, ...refusal }
}
