import type { PortalOptions } from './portal-options'
import { type Portal, startPortal } from './start-portal'

const LIMITS = { headersMs: 15_000, requestMs: 300_000, idleMs: 30_000, stopMs: 5_000 }
const NETWORK = {
  dial: { firstMs: 250, maxMs: 30_000 },
  sync: { retryMs: 1_000, againMs: 5 * 60_000 },
  probeMs: 30_000,
}

/**
 * Runs an S5 portal in this process: blobs, registry and accounts over HTTP, and a node of the S5 network over
 * WebSockets. With a `dataDir`, everything it
 * acknowledges is on the disk before the acknowledgement.
 *
 * @returns the portal, listening
 * @throws PortalStartError when an option is wrong, the port is taken, or the data folder cannot be used or
 * is used by another live portal
 *
 * @example
 * const portal = await createPortal({ port: 0 })
 * const health = await fetch(`${portal.url}/health`)
 * await portal.close()
 */
export function createPortal(options: PortalOptions = {}): Promise<Portal> {
  return startPortal(options, { now: Date.now, limits: LIMITS, network: NETWORK })
}
