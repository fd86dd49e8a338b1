import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Passes bytes on to a port of this machine, in both directions, each `oneWayMs` later. */
export async function openDelayingRelay(targetPort: number, oneWayMs: number): Promise<{ port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect(targetPort, '127.0.0.1')
    passOn(incoming, outgoing, oneWayMs)
    passOn(outgoing, incoming, oneWayMs)
    for (const socket of [incoming, outgoing]) sockets.add(socket.setNoDelay())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port }
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  from.on('data', (piece) => setTimeout(() => to.write(piece), delayMs))
  from.on('error', () => {})
  from.on('close', () => setTimeout(() => to.destroy(), delayMs))
}
