/** Posts written by hand onto a socket, byte by byte where need be: for clients that no HTTP library would be. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { batchHeaders } from './ledger.ts'

export interface RawPost {
  socket: Socket
  /** What came back until the connection ended or was cut. */
  answer: Promise<string>
}

/** Opens a connection and sends the head of a post. `length` undefined: the body comes in chunks. */
export async function beginPost(
  url: string,
  length: number | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawPost> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece))
  // A connection that is cut is what these tests are about.
  socket.on('error', () => {})
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  await once(socket, 'connect')
  const fields = {
    host: `${hostname}:${port}`,
    connection: 'close',
    ...batchHeaders,
    ...(length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(length) }),
    ...headers,
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  socket.write(`POST /v1/events HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  return { socket, answer }
}

/** A post of which all but the last bytes were sent, and nothing follows. */
export async function hangingPost(url: string, body: string): Promise<Socket> {
  const { socket } = await beginPost(url, Buffer.byteLength(body))
  await new Promise((resolve) => socket.write(body.slice(0, -2), resolve))
  return socket
}

/** A post that the server has in hand, its body still to come: the function sends that, and gives the answer. */
export async function inHand(url: string, body: string): Promise<() => Promise<string>> {
  const { socket, answer } = await beginPost(url, Buffer.byteLength(body), { expect: '100-continue' })
  const [said] = (await once(socket, 'data')) as [string]
  if (!said.startsWith('HTTP/1.1 100 ')) throw new Error(`not asked to go on: ${said}`)
  return async () => {
    socket.write(body)
    const whole = await answer
    return whole.slice(whole.indexOf('\r\n\r\n') + 4)
  }
}

/** Whether nobody listens there any more. */
export async function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

/** Writes where there is room, and waits where there is none; false where the connection is gone. */
export async function write(socket: Socket, bytes: string | Uint8Array): Promise<boolean> {
  const isOpen = () => !socket.destroyed && socket.writable
  if (isOpen() && !socket.write(bytes)) {
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }
  return isOpen()
}

/** The status that an answer begins with; undefined where there is none. */
export const statusOf = (answer: string): number | undefined => {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? []
  return status === undefined ? undefined : Number(status)
}
