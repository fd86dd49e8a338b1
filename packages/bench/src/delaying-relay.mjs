import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A TCP relay before a portal that holds every chunk back for `delayMs` each way.
 * @param {string} target
 * @param {number} delayMs
 */
export async function startDelayingRelay(target, delayMs) {
  const { hostname, port } = new URL(target)
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    forward(client, upstream, delayMs)
    forward(upstream, client, delayMs)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}

/**
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 * @param {number} delayMs
 */
function forward(from, to, delayMs) {
  from.setNoDelay(true)
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs))
  from.on('close', () => setTimeout(() => to.destroy(), delayMs))
  from.on('error', () => to.destroy())
}
