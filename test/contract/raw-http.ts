/** HTTP by hand, for what a well-behaved client would never send. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  body: string
}

const open = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  // A server that has said all it has to say may close while there is still something to send.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Resolves with the first answer on the socket. */
function answerOn(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const [head = '', body] = text.split('\r\n\r\n')
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (body === undefined || body.length < length) return
      resolve({ status: Number(head.split(' ')[1]), body: body.slice(0, length) })
    })
    socket.on('close', () => reject(new Error(`closed without an answer: ${text}`)))
  })
}

/** Sends the lines of a request as they are. */
export async function sendLines(url: string, lines: readonly string[]): Promise<RawAnswer> {
  const socket = await open(url)
  const answer = answerOn(socket)
  socket.write([...lines, 'host: house', 'connection: close', '', ''].join('\r\n'))
  return answer.finally(() => socket.destroy())
}

/** Posts a chunked body that never ends: `bytes` of it, or as much as is taken before the answer. */
export async function postEndless(url: string, headers: readonly string[], bytes: number): Promise<RawAnswer> {
  const socket = await open(url)
  let answered = false
  const answer = answerOn(socket).finally(() => (answered = true))
  socket.write(
    ['POST /v1/events HTTP/1.1', 'host: house', 'transfer-encoding: chunked', ...headers, '', ''].join('\r\n'),
  )
  const chunk = Buffer.alloc(0x10000, ' ')
  for (let sent = 0; sent < bytes && !answered && !socket.destroyed; sent += chunk.length) {
    socket.write('10000\r\n')
    socket.write(chunk)
    if (!socket.write('\r\n')) await Promise.race([once(socket, 'drain'), answer])
  }
  return answer.finally(() => socket.destroy())
}
