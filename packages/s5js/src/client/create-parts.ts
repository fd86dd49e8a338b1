import { TokenStore } from '../account/token-store'
import { BlobCache } from '../blob/blob-cache'
import { BlobDownloads } from '../blob/blob-downloads'
import { BlobPins } from '../blob/blob-pins'
import { BlobUploads } from '../blob/blob-uploads'
import type { CryptoImplementation } from '../crypto/crypto-implementation'
import { JSCryptoImplementation } from '../crypto/js-crypto-implementation'
import { CallScope } from '../http/call-scope'
import { createWire } from '../http/create-wire'
import { HttpTransport } from '../http/transport'
import { PeerNetwork } from '../p2p/peer-network'
import { PortalList } from '../portal/portal-list'
import { PortalSessions } from '../portal/portal-sessions'
import { RegistryClient } from '../registry/registry-client'
import { RegistrySubscriptions } from '../registry/registry-subscriptions'
import { MemoryKeyValueStore } from '../store/key-value-store'
import { CurrentUser } from './current-user'
import type { S5CreateOptions } from './s5-options'

/** The deadline of what sets none. */
export const DEFAULT_TIMEOUT_MS = 30_000

/** Everything a client is made of. */
export interface S5Parts {
  crypto: CryptoImplementation
  scope: CallScope
  transport: HttpTransport
  portals: PortalList
  sessions: PortalSessions
  network: PeerNetwork
  cache: BlobCache
  registry: RegistryClient
  subscriptions: RegistrySubscriptions
  uploads: BlobUploads
  downloads: BlobDownloads
  pins: BlobPins
  user: CurrentUser
}

/** The only place where the parts are chosen and joined. */
export function createParts(options: S5CreateOptions): S5Parts {
  const transport = new HttpTransport(createWire())
  const portals = new PortalList(options.portals ?? [])
  const sessions = new PortalSessions()
  const network = new PeerNetwork(options.initialPeers ?? [])
  const cache = new BlobCache()
  const registry = new RegistryClient(transport, portals, network)
  const uploads = new BlobUploads(transport, sessions, cache)
  const downloads = new BlobDownloads(transport, { portals, network }, cache)
  const tokens = new TokenStore(options.store ?? new MemoryKeyValueStore())
  const storage = { registry, uploads, downloads }
  return {
    crypto: new JSCryptoImplementation(),
    scope: new CallScope(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    transport,
    portals,
    sessions,
    network,
    cache,
    registry,
    subscriptions: new RegistrySubscriptions(network),
    uploads,
    downloads,
    pins: new BlobPins(transport, sessions),
    user: new CurrentUser({ transport, portals, sessions, storage, tokens }, options.store),
  }
}
