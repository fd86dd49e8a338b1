import { isIPv6 } from 'node:net'
import { Accounts } from './accounts/accounts'
import { Challenges } from './accounts/challenges'
import { Pins } from './accounts/pins'
import { PinnedBlobs } from './blobs/pinned-blobs'
import type { PortalParts } from './http/portal-parts'
import { createRoutes } from './http/routes'
import { PortalServer, type ServerLimits } from './http/server'
import { type PortalOptions, type PortalSettings, resolvePortalOptions } from './portal-options'
import { Registry } from './registry/registry'
import { Counters, type PortalStats } from './stats/counters'
import { openStores, type Stores } from './storage/stores'

/** A running portal. */
export interface Portal {
  /** Where it listens, such as `http://127.0.0.1:5522`; without a slash at the end. */
  readonly url: string
  readonly port: number
  /** @returns what it has done since it started */
  stats(): PortalStats
  /** Stops it: running requests are finished, at most for five seconds; then the stores are closed. */
  close(): Promise<void>
}

/** What a test may set and a user may not. */
export interface PortalEnvironment {
  /** Unix milliseconds. */
  readonly now: () => number
  readonly limits: ServerLimits
}

/** The composition root: the one place that chooses and wires the parts of a portal. */
export async function startPortal(options: PortalOptions, environment: PortalEnvironment): Promise<Portal> {
  const settings = resolvePortalOptions(options)
  const stores = await openStores(settings.dataDir)
  const parts = wireParts(settings, stores, environment.now)
  const server = new PortalServer(createRoutes(parts).fetch, environment.limits, settings.onError)
  const port = await server.listen(settings.port, settings.host).catch(async (error: unknown) => {
    await stores.close()
    throw error
  })
  const close = once(async () => {
    await server.stop()
    await stores.close()
  })
  return { url: urlOf(settings.host, port), port, stats: () => parts.counters.snapshot(), close }
}

function wireParts(settings: PortalSettings, { database, blobs }: Stores, now: () => number): PortalParts {
  const startedAt = now()
  return {
    ...settings,
    registry: new Registry(database),
    blobs: new PinnedBlobs(blobs, new Pins(database)),
    accounts: new Accounts(database, now),
    challenges: new Challenges(now),
    counters: new Counters(),
    uptimeMs: () => now() - startedAt,
  }
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}

function once(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= task()
    return running
  }
}
