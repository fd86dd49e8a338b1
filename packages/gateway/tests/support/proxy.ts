import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to `target` that drops every connection while it is away. */
export async function startProxy(target: string, isAway: () => boolean) {
  const server = createServer((incoming, outgoing) => {
    if (isAway()) return void incoming.socket.destroy()
    const { method, url, headers } = incoming
    const forwarded = request(target + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => incoming.socket.destroy())
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
