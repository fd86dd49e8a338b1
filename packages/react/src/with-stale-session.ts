import { staleReports, toVersions } from './stale-reports'

/**
 * A `fetch` that shows the banner where a gateway answers 409 with `error: "stale_session"`. The answer is handed on
 * as it is, and without waiting. Nothing global is changed.
 * @example
 * const gatewayFetch = withStaleSession(fetch)
 */
export function withStaleSession(fetchIt: typeof fetch): typeof fetch {
  return async (...request) => {
    const response = await fetchIt(...request)
    if (response.status === 409) void report(response.clone())
    return response
  }
}

async function report(response: Response): Promise<void> {
  const problem: unknown = await response.json().catch(() => undefined)
  const { error, local_version, remote_version } = (problem ?? {}) as Record<string, unknown>
  const versions = error === 'stale_session' ? toVersions(local_version, remote_version) : undefined
  if (versions !== undefined) staleReports.report(versions)
}
