import { TokenStore } from '../account/token-store'
import { BlobCache } from '../blob/blob-cache'
import { BlobDownloads } from '../blob/blob-downloads'
import { BlobPins } from '../blob/blob-pins'
import { BlobUploads } from '../blob/blob-uploads'
import type { CryptoImplementation } from '../crypto/crypto-implementation'
import { JSCryptoImplementation } from '../crypto/js-crypto-implementation'
import { CallScope } from '../http/call-scope'
import { HttpTransport } from '../http/transport'
import { PortalList } from '../portal/portal-list'
import { PortalSessions } from '../portal/portal-sessions'
import { RegistryClient } from '../registry/registry-client'
import { MemoryKeyValueStore } from '../store/key-value-store'
import { CurrentUser } from './current-user'
import type { S5CreateOptions } from './s5-options'

const DEFAULT_TIMEOUT_MS = 30_000

/** Everything a client is made of. */
export interface S5Parts {
  crypto: CryptoImplementation
  scope: CallScope
  transport: HttpTransport
  portals: PortalList
  sessions: PortalSessions
  cache: BlobCache
  registry: RegistryClient
  uploads: BlobUploads
  downloads: BlobDownloads
  pins: BlobPins
  user: CurrentUser
}

/** The only place where the parts are chosen and joined. */
export function createParts(options: S5CreateOptions): S5Parts {
  const transport = new HttpTransport()
  const portals = new PortalList(options.portals ?? [])
  const sessions = new PortalSessions()
  const cache = new BlobCache()
  const registry = new RegistryClient(transport, portals)
  const uploads = new BlobUploads(transport, sessions, cache)
  const downloads = new BlobDownloads(transport, portals, cache)
  const tokens = new TokenStore(options.store ?? new MemoryKeyValueStore())
  const storage = { registry, uploads, downloads }
  return {
    crypto: new JSCryptoImplementation(),
    scope: new CallScope(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    transport,
    portals,
    sessions,
    cache,
    registry,
    uploads,
    downloads,
    pins: new BlobPins(transport, sessions),
    user: new CurrentUser({ transport, portals, sessions, storage, tokens }, options.store),
  }
}
