/** What one client, known by its address, may use of a portal. */
export interface ClientLimits {
  /** Open connections, sockets of peers among them; more are closed at once. */
  readonly connections: number
  /** Requests; more are answered with 429. */
  readonly requestsPerSecond: number
  /** Uploads at the same time; more are answered with 429. */
  readonly uploads: number
  /** Messages on each of its sockets; more are read later. */
  readonly messagesPerSecond: number
  /** Challenges that wait for an answer; of more, the oldest are forgotten. */
  readonly challenges: number
}

const REMOTE: ClientLimits = {
  connections: 256,
  requestsPerSecond: 500,
  uploads: 16,
  messagesPerSecond: 500,
  challenges: 100,
}

/** Programs on the same machine: enough for any benchmark, and still an end to a runaway loop. */
const LOCAL: ClientLimits = {
  connections: 8_192,
  requestsPerSecond: 100_000,
  uploads: 512,
  messagesPerSecond: 100_000,
  challenges: 5_000,
}

/** @returns the limits of the client at `address`, which is one that `clientOf` gave. */
export function limitsOf(address: string, changes: Partial<ClientLimits>): ClientLimits {
  return { ...(isLoopback(address) ? LOCAL : REMOTE), ...changes }
}

/** @returns whether `host`, a name or an address, can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * @returns what tells one client from another: its IPv4 address, or the /64 network of its IPv6 address,
 * inside which one client can have any address it likes.
 */
export function clientOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  if (!address.includes(':') || address === '::1') return address
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? []
  const heads = head.split(':').filter(Boolean)
  const tails = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: Math.max(0, 8 - heads.length - tails.length) }, () => '0')
  return [...heads, ...zeros, ...tails].slice(0, 4).join(':')
}
