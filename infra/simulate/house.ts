/** Starts the throwaway Tillsight. */

import { fork } from 'node:child_process'
import { once } from 'node:events'

/** What it is told first. */
export interface ToUse {
  dataDir: string
  adminKey: string
}

/** What it answers once. */
export type ToTell = { url: string } | { failure: string }

export interface House {
  url: string
  /** Resolves when the process has ended, asked or not. */
  ended: Promise<unknown>
  stop(): Promise<unknown>
}

export async function startHouse(use: ToUse): Promise<House> {
  // Detached: Ctrl-C is for the simulation, which still needs it to answer what is on its way. Its log would run through
  // the display.
  const child = fork(new URL('throwaway.ts', import.meta.url), {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = once(child, 'exit')
  child.send(use)
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [ToTell | number | null]
  if (typeof told === 'object' && told !== null && 'url' in told) {
    const stop = () => {
      if (child.connected) child.disconnect()
      return ended
    }
    return { url: told.url, ended, stop }
  }
  const why = typeof told === 'object' && told !== null ? told.failure : `it ended with ${told ?? 'a signal'}`
  throw new Error(
    `Tillsight did not start: ${why}\nWhere one runs already, say which: --url http://127.0.0.1:3000 --key <the operator's key>`,
  )
}
