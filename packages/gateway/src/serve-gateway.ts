import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createGateway, type Gateway } from './create-gateway'
import type { GatewayOptions } from './gateway-options'

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
    return stop(server)
  }
  return { url, close }
}

/** Connections that are kept for further requests end with the request they are busy with. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    const closing = setInterval(() => server.closeIdleConnections(), 100)
    server.once('close', () => clearInterval(closing))
  })
}
