/** `POST /v1/events`, from the request to its answer. Read it top to bottom: it is the way of an event. */

import type { TillEvent } from '@tillsight/shared/events/event.ts'
import { principalOf } from '@tillsight/shared/http/bearer.ts'
import { notFound, Problem } from '@tillsight/shared/http/problem.ts'
import { readBody } from '@tillsight/shared/http/read-body.ts'
import type { KeyRing, Principal } from '@tillsight/shared/registry/keys.ts'
import { mayPost, postingRefusal } from '@tillsight/shared/registry/scope.ts'
import type { Origins } from '@tillsight/shared/registry/terminals.ts'
import { Busy, type Committer } from './commit.ts'
import { decoderFor, largestBody, type Sent } from './decode.ts'
import type { Telemetry } from './telemetry.ts'
import { largestEvent } from './event-size.ts'
import { isEvent, isRefusal, validate, type Refusal } from './validate.ts'

export interface Ingest {
  keys: KeyRing
  origins: Origins
  committer: Committer
  telemetry: Telemetry
}

interface Rejected extends Refusal {
  index: number
  id: string | null
}

export async function receive(request: Request, ingest: Ingest): Promise<Response> {
  const principal = await principalOf(request, ingest.keys)
  if (!mayPost(principal)) throw notFound()

  const decode = decoderFor(request.headers)
  const body = await readBody(request, largestBody)
  const sent = decode(body)

  const now = Date.now()
  const results = sent.map((one) => validate(one, now, body.length > largestEvent))
  await refuseOutOfScope(results, principal, ingest.origins)

  const events = results.filter(isEvent)
  const rejected = results.flatMap((result, index) => (isRefusal(result) ? [reject(result, index, sent[index])] : []))
  for (const { code } of rejected) ingest.telemetry.events.inc({ result: code })
  if (events.length === 0) {
    throw new Problem(422, 'None of the events could be accepted; see rejected.', {
      members: { accepted: 0, rejected },
    })
  }

  await commit(events, now, ingest)
  ingest.telemetry.events.inc({ result: 'accepted' }, events.length)
  return Response.json({ accepted: events.length, rejected })
}

/** Replaces the events that this key may not post by their refusals. */
async function refuseOutOfScope(
  results: (TillEvent | Refusal)[],
  principal: Principal,
  origins: Origins,
): Promise<void> {
  const valid = results.filter(isEvent)
  const known = await origins.of(valid)
  const refusals = new Map<TillEvent, Refusal>()
  valid.forEach((event, i) => {
    const code = postingRefusal(principal, event, known[i] ?? { providerId: undefined, registered: false })
    if (code !== undefined) refusals.set(event, { code, pointer: '/source', detail: refusalDetails[code] })
  })
  results.forEach((result, i) => {
    if (isEvent(result)) results[i] = refusals.get(result) ?? result
  })
}

const refusalDetails = {
  source_not_allowed: 'this key may not post events of that source',
  unknown_terminal: 'the terminal is not registered; register it and send the event again',
}

async function commit(events: TillEvent[], now: number, { origins, committer, telemetry }: Ingest): Promise<void> {
  const done = telemetry.commitSeconds.startTimer()
  try {
    await origins.markActive(events)
    await committer.commit(events, now)
    done()
  } catch (error) {
    telemetry.failedCommits.inc()
    if (!(error instanceof Busy)) console.error('commit failed:', error)
    throw new Problem(
      503,
      'The events could not be stored now. Nothing of this request is promised: send it again whole.',
      {
        headers: { 'retry-after': error instanceof Busy ? '1' : '5' },
      },
    )
  }
}

function reject(refusal: Refusal, index: number, sent: Sent | undefined): Rejected {
  const value: unknown = sent !== undefined && 'value' in sent ? sent.value : undefined
  const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  return { index, id: typeof id === 'string' ? id : null, ...refusal }
}
