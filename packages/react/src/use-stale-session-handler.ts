import type { Message } from '@s5-conversations/sdk-core'
import type { Observers, StaleSession, StaleSessions } from '@s5-conversations/sdk-core/observers'
import { useContext, useMemo, useSyncExternalStore } from 'react'
import { SdkContext } from './context'
import { type StaleVersions, staleReports } from './stale-reports'

export interface StaleSessionHandlerOptions {
  /** Gets the latest of what is no chat of the SDK: what was reported, or answered over HTTP. @default reloads the page */
  onRefresh?(): void | Promise<void>
}

export interface StaleSessionHandler {
  /** `null` where no session is stale. */
  staleSession: StaleVersions | null
  /** What others have written since, where it is known. */
  missing: readonly Message[]
  /** What was written in the chat that is stale, and is not stored. */
  unsaved: readonly Message[]
  /** What was being written in the chat that is stale. */
  draft: string
  /** Tells of it no more; the next save is refused again. */
  clearStaleSession(): void
  /** Gets the latest. What is unsaved in chats stays there, as unsaved. */
  refreshSession(): Promise<void>
  /** Present for chats: gets the latest, and saves what is unsaved after it. */
  mergeMine?: () => Promise<void>
  /** Present for chats: gets the latest, and saves what is unsaved beside it, where it was written. */
  keepAsBranch?: () => Promise<void>
}

const nothing = () => () => {}
const none = () => null

/**
 * Tells when a session of this page is stale: by the errors of its chats, by what other tabs and devices wrote, by
 * {@link withStaleSession} and by {@link reportStaleSession}. Works without a provider for the last two.
 */
export function useStaleSessionHandler({ onRefresh }: StaleSessionHandlerOptions = {}): StaleSessionHandler {
  const { staleSessions }: Partial<Observers> = useContext(SdkContext)?.observers ?? {}
  const stale = useSyncExternalStore<StaleSession | null>(
    staleSessions?.subscribe ?? nothing,
    staleSessions?.getSnapshot ?? none,
    none,
  )
  const reported = useSyncExternalStore(staleReports.subscribe, staleReports.getSnapshot, none)
  return useMemo(
    () => toHandler(stale, reported, staleSessions, onRefresh),
    [stale, reported, staleSessions, onRefresh],
  )
}

function toHandler(
  stale: StaleSession | null,
  reported: StaleVersions | null,
  staleSessions: StaleSessions | undefined,
  onRefresh: (() => void | Promise<void>) | undefined,
): StaleSessionHandler {
  const { missing = [], unsaved = [], draft = '' } = stale ?? {}
  const versions = stale ?? reported
  return {
    staleSession: versions && { localVersion: versions.localVersion, remoteVersion: versions.remoteVersion },
    missing,
    unsaved,
    draft,
    clearStaleSession: () => {
      staleSessions?.clear()
      staleReports.report(null)
    },
    refreshSession: async () => {
      await staleSessions?.refresh()
      if (reported === null) return
      staleReports.report(null)
      await (onRefresh ?? reloadPage)()
    },
    ...(stale === null || staleSessions === undefined ? {} : toDecisions(staleSessions)),
  }
}

function toDecisions(staleSessions: StaleSessions) {
  return {
    mergeMine: () => staleSessions.mergeMine(),
    keepAsBranch: () => staleSessions.keepAsBranch(),
  }
}

function reloadPage(): void {
  window.location.reload()
}
