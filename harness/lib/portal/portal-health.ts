/** What a portal says of itself. */
export interface PortalHealth {
  version: string
  uptimeMs: number
  /** How often it was asked for anything since it started. */
  requests: number
}

const TIMEOUT_MS = 4_000

/** @throws Error where the portal does not answer */
export async function fetchHealth(portalUrl: string): Promise<PortalHealth> {
  const [version, health] = await Promise.all([
    fetchJson(`${portalUrl}/s5/version`),
    fetchJson(`${portalUrl}/health`),
  ])
  const requests = Object.values<number>(health.counters.requests).reduce((sum, count) => sum + count, 0)
  return { version: version.version, uptimeMs: health.uptimeMs, requests }
}

async function fetchJson(url: string) {
  const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`The portal answered ${answer.status}.`)
  return answer.json()
}
