import { WebSocket } from 'ws'
import { PORTAL_HEADER } from './portal-messages'

/** How long to wait before a peer is tried again, in milliseconds. */
export interface DialTimes {
  readonly firstMs: number
  readonly maxMs: number
}

/** The longest message of a peer, in bytes. */
export const MAX_MESSAGE_BYTES = 64 * 1024

/** The longest URI that a portal may announce. */
const MAX_URI_LENGTH = 512
const CONNECT_MS = 10_000

interface DialerOptions {
  readonly uri: string
  /** What this portal announces as its own URI. */
  readonly ownUri: string
  readonly times: DialTimes
  readonly mayDial: () => boolean
  /** Takes over a socket that has just opened. */
  readonly onOpen: (socket: WebSocket, portalUri: string | undefined) => void
}

/**
 * Keeps one connection to a configured peer: when it ends it is made again, after a wait that doubles with
 * each failure and of which up to half is random, so that the peers of a portal that comes back do not all
 * come at once.
 */
export class Dialer {
  readonly #options: DialerOptions
  #socket: WebSocket | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #isStopped = false

  constructor(options: DialerOptions) {
    this.#options = options
  }

  /** Tries now, unless a connection is there or being made. */
  dial(): void {
    clearTimeout(this.#timer)
    if (this.#isStopped || this.#socket !== undefined) return
    if (this.#options.mayDial()) this.#connect()
  }

  /** The peer has proved who it is: the next wait is a short one again. */
  noteSuccess(): void {
    this.#failures = 0
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#socket?.terminate()
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.uri, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: CONNECT_MS,
      allowSynchronousEvents: false,
      headers: { [PORTAL_HEADER]: this.#options.ownUri },
    })
    this.#socket = socket
    let portalUri: string | undefined
    socket.once('upgrade', ({ headers }) => {
      portalUri = portalUriOf(headers[PORTAL_HEADER])
    })
    socket.once('open', () => this.#options.onOpen(socket, portalUri))
    // What is wrong with a socket is followed by its close.
    socket.on('error', () => {})
    socket.once('close', () => this.#onClose())
  }

  #onClose(): void {
    this.#socket = undefined
    if (this.#isStopped) return
    const { firstMs, maxMs } = this.#options.times
    const waitMs = Math.min(maxMs, firstMs * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 20)
    this.#timer = setTimeout(() => this.dial(), waitMs * (0.5 + Math.random() / 2))
  }
}

/** @returns the URI that a portal announces in its header, or `undefined` when it is not such a portal. */
export function portalUriOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header.length <= MAX_URI_LENGTH ? header : undefined
}
