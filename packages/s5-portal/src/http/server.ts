import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { ClientGate } from '../limits/client-gate'
import { PortalStartError } from '../start-error'
import type { Counters } from '../stats/counters'
import { HttpProblem, problemResponse } from './problem'

/** How long clients may take, in milliseconds. */
export interface ServerLimits {
  /** For all headers of a request. */
  readonly headersMs: number
  /** For a whole request, its body included. */
  readonly requestMs: number
  /** For the next bytes of a request or of a client that reads an answer. */
  readonly idleMs: number
  /** For running requests, when the server stops. */
  readonly stopMs: number
}

/** A pool of a client that keeps its connections for a minute must not meet one that is just being closed. */
const KEEP_ALIVE_MS = 65_000
const CHECK_INTERVAL_MS = 1_000

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What the server does with connections and with what comes in on them. */
export interface ServerParts {
  readonly handler: Handler
  readonly limits: ServerLimits
  readonly gate: ClientGate
  readonly counters: Counters
  /** Told of failures to take in connections, such as too many open files. */
  readonly report: (error: unknown) => void
}

type Handler = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** An HTTP server over a fetch-standard handler, which can be stopped without cutting answers short. */
export class PortalServer {
  readonly #server: Server
  readonly #limits: ServerLimits
  readonly #report: (error: unknown) => void
  readonly #handled = new Set<Promise<unknown>>()
  readonly #unanswered = new Set<ServerResponse>()
  #isStopping = false

  constructor({ handler, limits, gate, counters, report }: ServerParts) {
    this.#limits = limits
    this.#report = report
    const listener = getRequestListener(
      (request, bindings) => this.#track(Promise.resolve(handler(request, bindings as HttpBindings))),
      { overrideGlobalObjects: false, errorHandler: refuseRequest },
    )
    this.#server = createServer({
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, limits.headersMs),
    })
    this.#server.setTimeout(limits.idleMs)
    this.#server.on('connection', (socket) => admit(socket, gate, counters))
    this.#server.on('request', (_, response) => this.#watch(response))
    this.#server.on('request', listener)
  }

  /**
   * @param port - 0 for any free one
   * @returns the port it listens on
   * @throws PortalStartError `PORT_UNAVAILABLE`
   */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (cause: NodeJS.ErrnoException) => reject(portUnavailable(port, host, cause))
      this.#server.once('error', fail)
      this.#server.listen(port, host, () => {
        this.#server.off('error', fail).on('error', this.#report)
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Gives every request for another protocol to `handler`, from now on. */
  acceptUpgrades(handler: UpgradeHandler): void {
    this.#server.on('upgrade', handler)
  }

  /** Takes no more requests, waits for the running ones as long as the limits say, and then cuts them off. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const response of this.#unanswered) closeAfter(response)
    const deadline = setTimeout(() => this.#server.closeAllConnections(), this.#limits.stopMs)
    await closed
    clearTimeout(deadline)
    await Promise.allSettled(this.#handled)
  }

  async #track<T>(handled: Promise<T>): Promise<T> {
    this.#handled.add(handled)
    try {
      return await handled
    } finally {
      this.#handled.delete(handled)
    }
  }

  #watch(response: ServerResponse): void {
    this.#unanswered.add(response)
    if (this.#isStopping) closeAfter(response)
    response.once('close', () => {
      this.#unanswered.delete(response)
      if (this.#isStopping) this.#server.closeIdleConnections()
    })
  }
}

function admit(socket: Socket, gate: ClientGate, counters: Counters): void {
  const { remoteAddress } = socket
  if (gate.connect(remoteAddress)) {
    socket.once('close', () => gate.disconnect(remoteAddress))
  } else {
    counters.add('throttled')
    socket.destroy()
  }
}

/** Tells the client not to send another request on the connection of this answer. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

function refuseRequest(cause: unknown): Response {
  return problemResponse(new HttpProblem(400, 'The request line or its host is malformed', { cause }))
}

function portUnavailable(port: number, host: string, cause: NodeJS.ErrnoException): PortalStartError {
  const reason = cause.code === 'EADDRINUSE' ? 'it is in use' : (cause.code ?? cause.message)
  return new PortalStartError('PORT_UNAVAILABLE', `cannot listen on ${host} port ${port}: ${reason}`, {
    cause,
  })
}
