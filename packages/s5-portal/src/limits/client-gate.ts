import { type ClientLimits, clientOf, limitsOf } from './client-limits'
import { TokenBucket } from './token-bucket'

interface Client {
  readonly limits: ClientLimits
  readonly requests: TokenBucket
  connections: number
  uploads: number
}

/** So many clients are remembered before those that do nothing are forgotten. */
const MANY_CLIENTS = 10_000

/** Counts what each client uses, by the address it comes from. */
export class ClientGate {
  readonly #clientByAddress = new Map<string, Client>()
  readonly #changes: Partial<ClientLimits>
  readonly #now: () => number

  /** @param changes - to the limits that hold otherwise, for every client */
  constructor(changes: Partial<ClientLimits>, now: () => number) {
    this.#changes = changes
    this.#now = now
  }

  limits(remoteAddress: string | undefined): ClientLimits {
    return this.#client(remoteAddress).limits
  }

  /** @returns whether one more connection is allowed; if so, `disconnect` must follow. */
  connect(remoteAddress: string | undefined): boolean {
    const client = this.#client(remoteAddress)
    if (client.connections >= client.limits.connections) return false
    client.connections += 1
    return true
  }

  disconnect(remoteAddress: string | undefined): void {
    this.#client(remoteAddress).connections -= 1
    if (this.#clientByAddress.size > MANY_CLIENTS) this.#forgetIdle()
  }

  /** @returns 0 when one more request is allowed, else the milliseconds until one is. */
  request(remoteAddress: string | undefined): number {
    return this.#client(remoteAddress).requests.take()
  }

  /** @returns what ends the upload, or `undefined` when too many are running. */
  beginUpload(remoteAddress: string | undefined): (() => void) | undefined {
    const client = this.#client(remoteAddress)
    if (client.uploads >= client.limits.uploads) return undefined
    client.uploads += 1
    return () => {
      client.uploads -= 1
    }
  }

  #client(remoteAddress: string | undefined): Client {
    const address = clientOf(remoteAddress)
    const known = this.#clientByAddress.get(address)
    if (known !== undefined) return known
    const limits = limitsOf(address, this.#changes)
    const requests = new TokenBucket(limits.requestsPerSecond, this.#now)
    const client = { limits, requests, connections: 0, uploads: 0 }
    this.#clientByAddress.set(address, client)
    return client
  }

  /** Those that have nothing open and have used up nothing: they begin anew without gaining by it. */
  #forgetIdle(): void {
    for (const [address, { connections, uploads, requests }] of this.#clientByAddress) {
      if (connections + uploads === 0 && requests.isFull) this.#clientByAddress.delete(address)
    }
  }
}
