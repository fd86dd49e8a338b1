/** The routes of a portal, by the names under which their requests are counted. */
export const ROUTE_NAMES = [
  'health',
  'version',
  'account',
  'registerChallenge',
  'register',
  'loginChallenge',
  'login',
  'upload',
  'blob',
  'pin',
  'delete',
  'registryRead',
  'registryWrite',
  'p2p',
  'faults',
  'unknown',
] as const

/** A route of a portal, as its requests are counted. */
export type RouteName = (typeof ROUTE_NAMES)[number]

/** What a portal has done since it started. */
export interface PortalStats {
  /** Requests that came in, by route, whatever their answer; preflights are not among them. */
  readonly requests: Readonly<Record<RouteName, number>>
  /** CORS preflights (`OPTIONS`). */
  readonly preflights: number
  /** Tokens given out for registering. */
  readonly registrations: number
  /** Tokens given out for logging in. */
  readonly logins: number
  /** Acknowledged uploads. */
  readonly uploads: number
  /** Bytes of the blobs in them. */
  readonly uploadedBytes: number
  /** Blobs, or ranges of them, that were served. */
  readonly blobReads: number
  /** Bytes of them. */
  readonly servedBytes: number
  /** Answered registry reads, found or not. */
  readonly registryReads: number
  /** Acknowledged registry writes, those included that changed nothing. */
  readonly registryWrites: number
  /** Registry writes refused because their revision was too low. */
  readonly registryConflicts: number
  /** Requests answered with 429, and connections that were closed at once, because one client had too many. */
  readonly throttled: number
  /** Handshakes with peers and with clients on sockets that came to their end. */
  readonly handshakes: number
  /** Messages that came in on sockets, of every kind. */
  readonly peerMessages: number
  /** Those that were malformed or forged; they have no effect. */
  readonly malformedMessages: number
  /** Registry entries that were sent to peers because they had changed, counted for each peer. */
  readonly pushes: number
  /** Blobs that were fetched from other portals. */
  readonly replicatedBlobs: number
}

type Totals = Omit<PortalStats, 'requests'>

/** Counts for `PortalStats`. */
export class Counters {
  readonly #requests = Object.fromEntries(ROUTE_NAMES.map((name) => [name, 0])) as Record<RouteName, number>
  readonly #totals: { -readonly [name in keyof Totals]: number } = {
    preflights: 0,
    registrations: 0,
    logins: 0,
    uploads: 0,
    uploadedBytes: 0,
    blobReads: 0,
    servedBytes: 0,
    registryReads: 0,
    registryWrites: 0,
    registryConflicts: 0,
    throttled: 0,
    handshakes: 0,
    peerMessages: 0,
    malformedMessages: 0,
    pushes: 0,
    replicatedBlobs: 0,
  }

  countRequest(route: RouteName): void {
    this.#requests[route] += 1
  }

  add(total: keyof Totals, amount = 1): void {
    this.#totals[total] += amount
  }

  /** @returns a copy that does not change. */
  snapshot(): PortalStats {
    return { requests: { ...this.#requests }, ...this.#totals }
  }
}
