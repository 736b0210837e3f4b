/** What the phone keeps of who it is, and where; the page and its service worker have it in common. */

export interface Identity {
  merchantNo: string
  /** The shop's. */
  name: string
  terminalNo: string
  key: string
}

export const databaseName = 'tillsight-tap'
/** Names of the notes in it. */
export const notes = { identity: 'identity', counter: 'counter' } as const

/** Who holds it sends: the window in use, or the service worker where none is open. */
export const senderLock = 'tillsight-tap-sender'
/** The name of the browser's reminder that something waits to be sent. */
export const reminder = 'tillsight-tap-send'

export const terminalOf = ({ merchantNo, terminalNo }: Identity): { source: string } => ({
  source: `urn:terminal:${merchantNo}:${terminalNo}`,
})
