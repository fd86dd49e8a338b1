import { isIPv6 } from 'node:net'
import { Accounts } from './accounts/accounts'
import { Challenges } from './accounts/challenges'
import { Pins } from './accounts/pins'
import { PinnedBlobs } from './blobs/pinned-blobs'
import { Replicas } from './blobs/replicas'
import { createSigner } from './crypto/ed25519'
import { type FaultSwitches, Faults } from './faults/faults'
import { forgetEverything, makeFaulty } from './faults/faulty-stores'
import type { PortalParts } from './http/portal-parts'
import { createRoutes } from './http/routes'
import { PortalServer, type ServerLimits } from './http/server'
import { ClientGate } from './limits/client-gate'
import { isLoopback } from './limits/client-limits'
import { BlobExchange } from './p2p/blob-exchange'
import type { DialTimes } from './p2p/dialer'
import { EntryExchange } from './p2p/entry-exchange'
import { PeerNode, type PeerNodeParts } from './p2p/peer-node'
import { Peers } from './p2p/peers'
import type { SyncTimes } from './p2p/portal-sync'
import { PEER_PATH } from './p2p/socket-door'
import { type PortalOptions, type PortalSettings, resolvePortalOptions } from './portal-options'
import { Registry } from './registry/registry'
import { PortalStartError } from './start-error'
import { Counters, type PortalStats } from './stats/counters'
import { openStores, type Stores } from './storage/stores'

/** A running portal. */
export interface Portal {
  /** Where it listens, such as `http://127.0.0.1:5522`; without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Where nodes and clients open sockets, such as `ws://127.0.0.1:5522/s5/p2p`. */
  readonly peerUri: string
  /** Makes it misbehave; only with the option `faults`, otherwise `set` rejects. */
  readonly faults: FaultSwitches
  /** @returns what it has done since it started */
  stats(): PortalStats
  /** Stops it: sockets are closed, running requests are finished, at most for five seconds; then the stores are closed. */
  close(): Promise<void>
}

/** What a test may set and a user may not. */
export interface PortalEnvironment {
  /** Unix milliseconds. */
  readonly now: () => number
  readonly limits: ServerLimits
  readonly network: NetworkTimes
}

/** In milliseconds. */
export interface NetworkTimes {
  readonly dial: DialTimes
  readonly sync: SyncTimes
  /** How often each socket must give a sign of life. */
  readonly probeMs: number
}

/** Sockets beyond this number are refused, whoever opens them. */
const MAX_SOCKETS = 10_000

/** The composition root: the one place that chooses and wires the parts of a portal. */
export async function startPortal(options: PortalOptions, environment: PortalEnvironment): Promise<Portal> {
  const settings = resolvePortalOptions(options)
  const stores = await openStores(settings.dataDir)
  const parts = wireParts(settings, stores, environment)
  const server = new PortalServer({
    handler: createRoutes(parts).fetch,
    limits: environment.limits,
    gate: parts.gate,
    counters: parts.counters,
    report: parts.report,
  })
  const port = await server.listen(settings.port, settings.host).catch(async (error: unknown) => {
    parts.peers.close()
    await stores.close()
    throw error
  })
  const url = urlOf(settings.host, port)
  const node = createNode(settings, parts, url, environment.network)
  parts.faults?.attach({
    forgetEverything: async () => {
      await forgetEverything(stores)
      node.syncNow()
    },
    reconsiderConnections: () => node.reconsiderConnections(),
  })
  server.acceptUpgrades((request, socket, head) => node.acceptUpgrade(request, socket, head))
  node.start()
  settings.log.info({ url }, 'portal started')
  const close = once(async () => {
    node.close()
    parts.faults?.release()
    await server.stop()
    await stores.close()
    settings.log.info({ url }, 'portal stopped')
  })
  const stats = () => parts.counters.snapshot()
  return { url, port, peerUri: peerUriOf(url), faults: parts.faults ?? NO_FAULTS, stats, close }
}

type Parts = PortalParts & PeerNodeParts

function wireParts(settings: PortalSettings, opened: Stores, { now, network }: PortalEnvironment): Parts {
  const faults = settings.faults && new Faults(settings.faults)
  const stores = faults ? makeFaulty(opened, faults) : opened
  const signer = createSigner(stores.nodeSeed)
  const counters = new Counters()
  const registry = new Registry(stores.database)
  const blobs = new PinnedBlobs(stores.blobs, new Pins(stores.database), new Replicas(stores.database))
  const isPrivate = isLoopback(settings.host) && settings.publicUrl === undefined
  const peers = new Peers(signer.publicKey, isPrivate, network.probeMs)
  const waitMs = settings.peerWaitMs
  const startedAt = now()
  return {
    ...settings,
    faults,
    signer,
    counters,
    registry,
    blobs,
    peers,
    entryExchange: new EntryExchange(registry, peers, { waitMs, counters, faults }),
    blobExchange: new BlobExchange(blobs, peers, { waitMs, counters, maxBytes: settings.maxUploadBytes }),
    accounts: new Accounts(stores.database, now),
    challenges: new Challenges(now),
    gate: new ClientGate(settings.limits, now),
    now,
    uptimeMs: () => now() - startedAt,
    report: (error) => {
      settings.log.error({ err: error }, 'the portal failed')
      settings.onError(error)
    },
  }
}

function createNode(settings: PortalSettings, parts: Parts, url: string, times: NetworkTimes): PeerNode {
  return new PeerNode(parts, {
    peerUris: settings.peers,
    ownUri: peerUriOf(settings.publicUrl ?? url),
    url,
    publicUrl: settings.publicUrl,
    maxSockets: MAX_SOCKETS,
    dialTimes: times.dial,
    syncTimes: times.sync,
  })
}

const NO_FAULTS: FaultSwitches = {
  get: () => ({}),
  set: () => Promise.reject(new PortalStartError('INVALID_OPTION', 'faults are not switched on')),
  clear: async () => {},
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function peerUriOf(url: string): string {
  return `${url.replace(/^http/i, 'ws')}${PEER_PATH}`
}

function once(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= task()
    return running
  }
}
