import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Accounts } from '../accounts/accounts'
import type { Challenges } from '../accounts/challenges'
import type { PinnedBlobs } from '../blobs/pinned-blobs'
import type { Faults } from '../faults/faults'
import type { ClientGate } from '../limits/client-gate'
import type { BlobExchange } from '../p2p/blob-exchange'
import type { EntryExchange } from '../p2p/entry-exchange'
import type { Counters } from '../stats/counters'

/** What the routes work on. */
export interface PortalParts {
  readonly entryExchange: EntryExchange
  readonly blobs: PinnedBlobs
  readonly blobExchange: BlobExchange
  readonly accounts: Accounts
  readonly challenges: Challenges
  readonly counters: Counters
  readonly gate: ClientGate
  /** `undefined`: nothing goes wrong on command. */
  readonly faults: Faults | undefined
  /** Empty: anyone may register. */
  readonly inviteCodes: readonly string[]
  /** `host[:port]` by which clients know the portal; `undefined`: the `Host` header of each request. */
  readonly publicHost: string | undefined
  readonly maxUploadBytes: number
  readonly uptimeMs: () => number
  /** Told of errors that are the portal's own, not those of a request. */
  readonly report: (error: unknown) => void
}

/** The Hono environment of the routes: requests come from a Node server. */
export interface PortalEnv {
  Bindings: HttpBindings
}

export type PortalContext = Context<PortalEnv>
