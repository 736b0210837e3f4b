/** Behind the cashier's page (/tap) and no other: it opens without a line, and what waits is sent when there is one again. */

import { self } from '$app/service-worker'
import { reminder } from '../routes/tap/identity.ts'
import { sendWhatWaits } from './send.ts'
import { answerTo, fetchShell, keepShell } from './shell.ts'

self.addEventListener('install', (event) => {
  event.waitUntil(fetchShell().then(keepShell))
  void self.skipWaiting()
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request, (work) => event.waitUntil(work))
  if (answer !== undefined) event.respondWith(answer)
})

/** Background Sync is not in TypeScript's library, nor in every browser. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

self.addEventListener('sync' as 'message', (event) => {
  const { tag } = event as unknown as SyncEvent
  if (tag === reminder) event.waitUntil(sendUnlessInSight())
})

/** A page in sight sends by itself. */
async function sendUnlessInSight(): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window' })
  if (!windows.some(({ visibilityState }) => visibilityState === 'visible')) await sendWhatWaits()
}
