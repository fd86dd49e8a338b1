import type { ConversationSummary, Sdk } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'

const PAGE = 50

interface ListState {
  items: readonly ConversationSummary[]
  cursor?: string
  isLoaded: boolean
  problem?: string
}

/** The conversations of who is signed in, page by page. */
export function useConversationList({ storage }: Sdk) {
  const [state, setState] = useState<ListState>({ items: [], isLoaded: false })
  const load = useCallback(
    async (known: readonly ConversationSummary[], from?: string) => {
      try {
        const page = await storage.listConversations({
          limit: PAGE,
          ...(from !== undefined && { cursor: from }),
        })
        setState({ ...page, items: [...known, ...page.items], isLoaded: true })
      } catch (error) {
        setState((before) => ({ ...before, isLoaded: true, problem: describeError(error) }))
      }
    },
    [storage],
  )
  useEffect(() => void load([]), [load])
  return { ...state, loadMore: () => load(state.items, state.cursor), reload: () => load([]) }
}
