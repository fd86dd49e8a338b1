import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createGateway, type Gateway } from './create-gateway'
import type { GatewayOptions } from './gateway-options'

/** Where a gateway listens, and what it serves. */
export interface ServeOptions extends Omit<GatewayOptions, 'publicUrl'> {
  /** 0 for any free one. */
  port: number
  /** @default 127.0.0.1 */
  host?: string
  /** @default the address it listens on */
  publicUrl?: string
}

/** A gateway that listens. */
export interface GatewayServer {
  readonly url: string
  /** Takes no more requests, and waits for those under way. The SDK goes on. */
  close(): Promise<void>
}

/** Runs a gateway as an HTTP server of Node. @throws InvalidInputError, or what listening fails with */
export async function serveGateway({
  port,
  host = '127.0.0.1',
  ...options
}: ServeOptions): Promise<GatewayServer> {
  let gateway: Gateway | undefined
  const answer = getRequestListener(
    (request, env) => gateway?.fetch(request, env) ?? new Response(null, { status: 503 }),
    { overrideGlobalObjects: false },
  )
  const server = createServer(answer)
  const stop = stopper(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
  try {
    gateway = createGateway({ publicUrl: url, ...options })
  } catch (error) {
    server.close()
    throw error
  }
  const close = () => {
    gateway?.close()
    return stop()
  }
  return { url, close }
}

/** Lets requests under way end; Node itself would wait for connections that never made one. */
function stopper(server: Server): () => Promise<void> {
  const quiet = new Set<Socket>()
  let isStopping = false
  const rest = (socket: Socket) => (isStopping ? socket.destroy() : quiet.add(socket))
  server.on('connection', (socket) => {
    rest(socket)
    socket.once('close', () => quiet.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    quiet.delete(socket)
    response.once('close', () => rest(socket))
  })
  return () => {
    isStopping = true
    for (const socket of quiet) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}
