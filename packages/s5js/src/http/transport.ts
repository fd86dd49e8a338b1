import { InvalidInputError } from '../errors/caller-errors'
import { PortalUnreachableError } from '../errors/network-errors'
import type { Portal } from '../portal/portal'
import type { Call } from './call-options'
import { PortalAnswer } from './portal-answer'
import type { TransferStats } from './transfer-stats'
import type { Wire, WireRequest } from './wire'

/** The kinds of request that are counted by themselves. */
export type RequestKind = 'uploads' | 'downloads' | 'registryReads' | 'registryWrites'

interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE'
  body?: { bytes: Uint8Array<ArrayBuffer>; contentType: string }
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined
  kind?: RequestKind
}

export interface PortalRequest extends HttpRequest {
  /** Below the portal's `/s5/`. */
  path: string
  query?: Record<string, string>
}

/** Sends requests to portals and counts them. */
export class HttpTransport {
  readonly #wire: Wire
  readonly #stats: TransferStats = {
    requests: 0,
    uploads: 0,
    downloads: 0,
    registryReads: 0,
    registryWrites: 0,
    bytesUp: 0,
    bytesDown: 0,
  }

  constructor(wire: Wire) {
    this.#wire = wire
  }

  get stats(): TransferStats {
    return { ...this.#stats }
  }

  /** The answer, of any status. @throws PortalUnreachableError when there is none */
  async send(portal: Portal, request: PortalRequest, call: Call): Promise<PortalAnswer> {
    return this.#send(portal.url(request.path, request.query), request, call)
  }

  /** What is at a URL that a peer named; of any status. @throws PortalUnreachableError when there is nothing */
  get(url: URL, call: Call): Promise<PortalAnswer> {
    return this.#send(url, { method: 'GET', kind: 'downloads' }, call)
  }

  /** Hangs up on all portals. */
  close(): void {
    this.#wire.close()
  }

  async #send(url: URL, request: HttpRequest, call: Call): Promise<PortalAnswer> {
    call.signal.throwIfAborted()
    const where = url.origin + url.pathname
    const wireRequest = toWireRequest(url, request, call.signal)
    this.#countRequest(request)
    try {
      const answer = await this.#wire.send(wireRequest)
      const countBytes = (received: number) => {
        this.#stats.bytesDown += received
      }
      return new PortalAnswer(answer, { where, token: request.token, call, countBytes })
    } catch (cause) {
      call.signal.throwIfAborted()
      throw new PortalUnreachableError(where, 'no connection', { cause })
    }
  }

  #countRequest({ kind, body }: HttpRequest): void {
    this.#stats.requests += 1
    this.#stats.bytesUp += body?.bytes.length ?? 0
    if (kind !== undefined) this.#stats[kind] += 1
  }
}

function toWireRequest(url: URL, request: HttpRequest, signal: AbortSignal): WireRequest {
  const { method, body, kind } = request
  return {
    url,
    method,
    headers: headersOf(request),
    body: body?.bytes,
    // Blobs never change; a registry entry from a browser's cache would be a stale read.
    isCacheable: kind === 'downloads',
    // Blobs and signed entries are the same however often they come.
    isRepeatable: method !== 'POST' || kind !== undefined,
    signal,
  }
}

function headersOf({ token, body }: HttpRequest): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${requireToken(token)}` }),
    ...(body === undefined ? {} : { 'content-type': body.contentType }),
  }
}

/** Checked before it is sent: the platform's own error would quote the token. @throws InvalidInputError */
export function requireToken(token: string): string {
  if (!/^[\x21-\x7e]{1,4096}$/.test(token)) {
    throw new InvalidInputError('A token or invite code is 1 to 4096 visible ASCII characters')
  }
  return token
}
