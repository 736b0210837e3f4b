/** A line between a phone and the house that can be cut, for everything in the browser, service workers too. */

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface Line {
  /** Where the house is at the other end. */
  url: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function openLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to)
  const sockets = new Set<Socket>()
  let whole = true
  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect(Number(port), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false
      hangUp()
    },
    mend: () => void (whole = true),
    async close() {
      hangUp()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
