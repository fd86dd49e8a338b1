'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import { useHarness } from '../sdk/use-page-session'
import type { HistorySearch, IndexProgress } from './history-search'

export interface History {
  /** How far the index is; absent where it is up to date, or nobody has asked for it. */
  progress: IndexProgress | undefined
  /** The index as of a few seconds ago at most; made at the first call. @throws as `listConversations` */
  open(): Promise<HistorySearch>
}

const FRESH_MS = 5_000

/** The search over one's own conversations, fetched and filled when somebody wants it. */
export function useHistorySearch(): History {
  const { storage } = useHarness().sdk
  const [progress, setProgress] = useState<IndexProgress>()
  const closing = useRef(new AbortController())
  useEffect(() => {
    closing.current = new AbortController()
    return () => closing.current.abort()
  }, [])
  const open = useMemo(() => {
    let index: Promise<HistorySearch> | undefined
    let refreshed: Promise<HistorySearch> | undefined
    let askedAt = 0
    const refresh = async () => {
      index ??= createIndex(storage)
      const search = await index
      await search.refresh(closing.current.signal, setProgress)
      setProgress(undefined)
      return search
    }
    return () => {
      if (refreshed !== undefined && performance.now() - askedAt < FRESH_MS) return refreshed
      askedAt = performance.now()
      refreshed = refresh()
      return refreshed
    }
  }, [storage])
  return useMemo(() => ({ progress, open }), [progress, open])
}

async function createIndex(storage: ConstructorParameters<typeof HistorySearch>[0]): Promise<HistorySearch> {
  const { HistorySearch } = await import('./history-search')
  return new HistorySearch(storage)
}
