import { FetchWire } from './fetch-wire'
import type { NodeHttp, NodeIncoming, NodeRequest } from './node-http'
import type { Wire, WireAnswer, WireRequest } from './wire'

/** Unused connections are given up after this time, in ms: before servers do, which commonly wait 5 s. */
const IDLE_MS = 4_000
/** A server may have closed a connection that rested this long, in ms; a sooner end means that an answer was lost. */
const REST_MS = 500
const REDIRECTS = [301, 302, 303, 307, 308]

/** By node:http over connections that are kept: a fraction of the time that fetch takes in Node. */
export class NodeWire implements Wire {
  readonly #doors: ReturnType<typeof openDoor>[]
  readonly #fetch = new FetchWire()
  readonly #lastUse = new WeakMap<object, number>()

  constructor({ http, https }: { http: NodeHttp; https: NodeHttp }) {
    this.#doors = [openDoor('http:', http), openDoor('https:', https)]
  }

  async send(request: WireRequest): Promise<WireAnswer> {
    const answer = await this.#exchange(request)
    if (request.method !== 'GET' || !answer.isRedirect) return answer
    await answer.discard()
    // Redirects are rare, and fetch knows their rules. Those of other methods it cannot follow with a body.
    return this.#fetch.send(request)
  }

  close(): void {
    for (const { agent } of this.#doors) agent.destroy()
  }

  async #exchange(request: WireRequest): Promise<NodeAnswer> {
    const { signal, body, isRepeatable } = request
    const sentAt = Date.now()
    const sent = this.#open(request)
    const hangUp = () => sent.destroy()
    signal.addEventListener('abort', hangUp, { once: true })
    sent.on('close', () => {
      signal.removeEventListener('abort', hangUp)
      if (sent.socket !== null) this.#lastUse.set(sent.socket, Date.now())
    })
    try {
      return new NodeAnswer(await answerTo(sent, body))
    } catch (error) {
      const isStale = codeOf(error) === 'ECONNRESET' && this.#restBefore(sentAt, sent.socket) >= REST_MS
      if (isStale && isRepeatable && !signal.aborted) return this.#exchange(request)
      throw toTypeError(error)
    }
  }

  /** How long a connection had not been in use; 0 for a new one. */
  #restBefore(sentAt: number, socket: object | null): number {
    return sentAt - ((socket && this.#lastUse.get(socket)) ?? sentAt)
  }

  #open({ url, method, headers }: WireRequest): NodeRequest {
    const door = this.#doors.find(({ protocol }) => protocol === url.protocol)
    if (door === undefined) throw new TypeError('neither http nor https')
    // Left out, it would allow every encoding (RFC 9110, 12.5.3).
    const all = { ...headers, 'accept-encoding': 'identity' }
    return door.request(url, { agent: door.agent, method, headers: all })
  }
}

class NodeAnswer implements WireAnswer {
  readonly #incoming: NodeIncoming

  constructor(incoming: NodeIncoming) {
    this.#incoming = incoming
  }

  get status(): number {
    return this.#incoming.statusCode
  }

  get setCookies(): string[] {
    return this.#incoming.headers['set-cookie'] ?? []
  }

  get isRedirect(): boolean {
    return REDIRECTS.includes(this.status) && this.#incoming.headers.location !== undefined
  }

  /** Settles when the connection is free again, so that the next request finds it. */
  read(take: (part: Uint8Array) => void): Promise<void> {
    const incoming = this.#incoming
    return new Promise((resolve, reject) => {
      if (incoming.destroyed) reject(new TypeError('cut off'))
      incoming.on('data', (part) => {
        try {
          take(part)
        } catch (error) {
          reject(error)
          incoming.destroy()
        }
      })
      incoming.on('error', (error) => reject(toTypeError(error)))
      incoming.on('close', () => (incoming.readableEnded ? resolve() : reject(new TypeError('cut off'))))
    })
  }

  /** Keeps the connection where that costs no waiting. */
  async discard(): Promise<void> {
    if (this.#incoming.complete) await this.read(() => {})
    else this.#incoming.destroy()
  }
}

function answerTo(sent: NodeRequest, body: Uint8Array | undefined): Promise<NodeIncoming> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

function openDoor(protocol: string, { Agent, request }: NodeHttp) {
  return { protocol, request, agent: new Agent({ keepAlive: true, timeout: IDLE_MS }) }
}

/** Without the cause: of an answer that is no HTTP it would hold the bytes, and they may repeat a token. */
function toTypeError(error: unknown): TypeError {
  return new TypeError(error instanceof Error ? error.message : 'no answer')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}
