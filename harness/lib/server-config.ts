const DEFAULT_PORTAL = 'http://127.0.0.1:5522'

/** Which portal the browser talks to; read at each request, so that one build serves any portal. */
export function portalUrl(): string {
  return process.env.S5_PORTAL_URL ?? DEFAULT_PORTAL
}
