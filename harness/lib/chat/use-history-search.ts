'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useHarness } from '../sdk/use-page-session'
import type { HistorySearch, IndexProgress } from './history-search'

export interface History {
  /** How far the index is; absent where it is up to date, or nobody has asked for it. */
  progress: IndexProgress | undefined
  /** The index, up to date; made at the first call. @throws as `listConversations` and `loadConversation` */
  open(): Promise<HistorySearch>
}

/** The search over one's own conversations, fetched and filled when somebody wants it. */
export function useHistorySearch(): History {
  const { sdk } = useHarness()
  const [progress, setProgress] = useState<IndexProgress>()
  const index = useRef<Promise<HistorySearch>>(undefined)
  const closing = useRef(new AbortController())
  useEffect(() => {
    closing.current = new AbortController()
    return () => closing.current.abort()
  }, [])
  const open = useCallback(() => {
    const before = index.current ?? createIndex(sdk.storage)
    const refreshed = before.then(async (search) => {
      await search.refresh(closing.current.signal, setProgress)
      setProgress(undefined)
      return search
    })
    index.current = refreshed.catch(() => before)
    return refreshed
  }, [sdk])
  return useMemo(() => ({ progress, open }), [progress, open])
}

async function createIndex(storage: ConstructorParameters<typeof HistorySearch>[0]): Promise<HistorySearch> {
  const { HistorySearch } = await import('./history-search')
  return new HistorySearch(storage)
}
