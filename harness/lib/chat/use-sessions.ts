'use client'

import type { Session } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { describeError } from '../describe-error'
import { useHarness } from '../sdk/use-page-session'

const PAGE_SIZE = 20

export interface SessionPages {
  items: readonly Session[]
  hasMore: boolean
  problem: string | undefined
  loadMore(): void
  refresh(): void
}

/** The sessions of who is signed in, the latest first, in pages. */
export function useSessions(): SessionPages {
  const { sdk } = useHarness()
  const [items, setItems] = useState<readonly Session[]>([])
  const [problem, setProblem] = useState<string>()
  const cursor = useRef<string>(undefined)
  const [hasMore, setHasMore] = useState(false)
  const load = useCallback(
    async (after: string | undefined) => {
      try {
        const options = { limit: PAGE_SIZE, ...(after === undefined ? {} : { cursor: after }) }
        const page = await sdk.sessions.listSessions(options)
        setItems((before) => (after === undefined ? page.items : [...before, ...page.items]))
        setProblem(undefined)
        cursor.current = page.cursor
        setHasMore(page.cursor !== undefined)
      } catch (error) {
        setProblem(describeError(error))
      }
    },
    [sdk],
  )
  const refresh = useCallback(() => void load(undefined), [load])
  useEffect(refresh, [refresh])
  return { items, hasMore, problem, loadMore: () => void load(cursor.current), refresh }
}
