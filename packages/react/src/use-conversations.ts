import {
  type ConversationListSnapshot,
  EMPTY_LIST,
  type Observers,
} from '@s5-conversations/sdk-core/observers'
import { useCallback, useMemo } from 'react'
import { useSdkContext } from './context'
import { useObserved } from './use-observed'

export interface UseConversationsOptions {
  /** How many more each time. @default 20 */
  pageSize?: number
}

export interface ConversationPages extends ConversationListSnapshot {
  /** Adds the next page. */
  loadMore(): Promise<void>
  /** Reads what is shown again, from the front. */
  refresh(): Promise<void>
}

/** The owner's conversations, the last changed first, in pages. */
export function useConversations({ pageSize = 20 }: UseConversationsOptions = {}): ConversationPages {
  const { observers } = useSdkContext()
  const find = useCallback((of: Observers) => of.lists.get(String(pageSize)), [pageSize])
  const snapshot = useObserved(find, EMPTY_LIST)
  // They stay the same while the snapshot changes, so that an effect may depend on them.
  const actions = useMemo(
    () => ({
      loadMore: async () => observers && find(observers).loadMore(),
      refresh: async () => observers && find(observers).refresh(),
    }),
    [observers, find],
  )
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions])
}
