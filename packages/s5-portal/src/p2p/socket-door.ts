import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { MAX_MESSAGE_BYTES, portalUriOf } from './dialer'
import { PORTAL_HEADER } from './portal-messages'

/** Where peers and clients open their sockets. */
export const PEER_PATH = '/s5/p2p'

interface SocketDoorOptions {
  /** What this portal announces as its own URI. */
  readonly ownUri: string
  /** @returns the status with which to refuse, or `undefined`. */
  readonly findRefusal: (portalUri: string | undefined) => number | undefined
  readonly onOpen: (socket: WebSocket, request: IncomingMessage, portalUri: string | undefined) => void
}

/** Turns upgrade requests (RFC 6455) into sockets. */
export class SocketDoor {
  readonly #options: SocketDoorOptions
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // One message of a socket for each turn of the loop: a flood on one does not hold up the others.
    allowSynchronousEvents: false,
  })

  constructor(options: SocketDoorOptions) {
    this.#options = options
    this.#server.on('headers', (headers, request) => {
      if (portalUriOf(request.headers[PORTAL_HEADER]) !== undefined) {
        headers.push(`${PORTAL_HEADER}: ${options.ownUri}`)
      }
    })
  }

  open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    const portalUri = portalUriOf(request.headers[PORTAL_HEADER])
    const [path] = (request.url ?? '').split('?', 1)
    const refusal = path === PEER_PATH ? this.#options.findRefusal(portalUri) : 404
    if (refusal === undefined) {
      this.#server.handleUpgrade(request, socket, head, (webSocket) =>
        this.#options.onOpen(webSocket, request, portalUri),
      )
    } else {
      refuseUpgrade(socket, refusal)
    }
  }
}

function refuseUpgrade(socket: Duplex, status: number): void {
  const again = status === 404 ? '' : 'Retry-After: 1\r\n'
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n${again}\r\n`,
  )
}
