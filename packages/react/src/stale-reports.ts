import { Observed } from '@s5-conversations/sdk-core/observers'

export interface StaleVersions {
  /** The version that this page had read. */
  localVersion: number
  /** The version that is stored. */
  remoteVersion: number
}

/** What was said of stale sessions that are not those of a chat: over HTTP, and by errors that applications met. */
class StaleReports extends Observed<StaleVersions | null> {
  #reported: StaleVersions | null = null

  report(versions: StaleVersions | null): void {
    // A server renders for everybody: nothing is kept there.
    if (typeof window === 'undefined') return
    this.#reported = versions
    this.changed()
  }

  close(): void {}

  protected start(): void {}

  protected read(): StaleVersions | null {
    return this.#reported
  }
}

/** Those of this page: `fetch` knows of no provider. */
export const staleReports = new StaleReports(null)

/**
 * Shows the banner where `error` says that the session is stale: a `StaleSessionError`, a `VersionConflictError`.
 * Gives back whether it does.
 */
export function reportStaleSession(error: unknown): boolean {
  const versions = versionsOf(error)
  if (versions !== undefined) staleReports.report(versions)
  return versions !== undefined
}

function versionsOf(error: unknown): StaleVersions | undefined {
  const { code, ...fields } = (error ?? {}) as Record<string, unknown>
  if (code === 'STALE_SESSION') return toVersions(fields.localVersion, fields.remoteVersion)
  if (code === 'PERSISTENCE_CONFLICT') return toVersions(fields.expectedVersion, fields.actualVersion)
  return undefined
}

/** `undefined` for what are no versions. */
export function toVersions(localVersion: unknown, remoteVersion: unknown): StaleVersions | undefined {
  if (!Number.isSafeInteger(localVersion) || !Number.isSafeInteger(remoteVersion)) return undefined
  return { localVersion: Number(localVersion), remoteVersion: Number(remoteVersion) }
}
