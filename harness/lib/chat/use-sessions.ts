'use client'

import type { Session } from '@s5-conversations/sdk-core'
import { useEffect, useState } from 'react'
import { describeError } from '../describe-error'
import { OneAtATime } from '../one-at-a-time'
import { useHarness } from '../sdk/use-page-session'

const PAGE_SIZE = 20

export interface SessionPages {
  /** Absent until they were read. */
  items: readonly Session[] | undefined
  hasMore: boolean
  problem: string | undefined
  loadMore(): void
}

/** The sessions of who is signed in, the latest first, in pages; whoever begins or ends them. */
export function useSessions(): SessionPages {
  const { sessions, storage } = useHarness().sdk
  const [items, setItems] = useState<readonly Session[]>()
  const [hasMore, setHasMore] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [wanted, setWanted] = useState(PAGE_SIZE)
  useEffect(() => {
    const read = async () => {
      try {
        const page = await sessions.listSessions({ limit: wanted })
        setItems(page.items)
        setHasMore(page.cursor !== undefined)
        setProblem(undefined)
      } catch (error) {
        setProblem(describeError(error))
      }
    }
    const reads = new OneAtATime(read)
    reads.ask()
    const stop = storage.watchConversations(() => reads.ask())
    return () => {
      stop()
      reads.end()
    }
  }, [sessions, storage, wanted])
  return { items, hasMore, problem, loadMore: () => setWanted((before) => before + PAGE_SIZE) }
}
