/** The link that a shop shows to set up a phone: `/tap#setup=…`. What stands after `#` is never sent to a server. */

import type { Identity } from './identity.ts'

const field = 'setup'

export const setupLink = (origin: string, secret: string): string =>
  `${origin}/tap#${new URLSearchParams({ [field]: secret })}`

/** The secret in an address, or in what somebody has pasted. */
export function secretIn(text: string): string | undefined {
  const hash = text.slice(text.indexOf('#') + 1)
  return new URLSearchParams(hash).get(field) ?? undefined
}

/** Browsers inside other apps keep nothing for long, and can't be installed from. */
export const insideAnotherApp = (userAgent: string): boolean => /MicroMessenger|AlipayClient|DingTalk/i.test(userAgent)

const devices = ['iPhone', 'iPad', 'Android', 'HarmonyOS', 'Windows', 'Mac', 'Linux']
const deviceOf = (userAgent: string): string => devices.find((name) => new RegExp(name, 'i').test(userAgent)) ?? 'Other'

export type SetUp = { identity: Identity } | { problem: 'refused' | 'away' }

export async function setUp(secret: string, earlierKey: string | undefined): Promise<SetUp> {
  try {
    const answer = await fetch('/tap/set-up', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret, device: deviceOf(navigator.userAgent), earlierKey }),
    })
    if (answer.ok) return { identity: (await answer.json()) as Identity }
    return { problem: answer.status === 404 || answer.status === 400 ? 'refused' : 'away' }
  } catch {
    return { problem: 'away' }
  }
}
