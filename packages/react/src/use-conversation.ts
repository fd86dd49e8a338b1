import { type ConversationSnapshot, LOADING, type Observers } from '@s5-conversations/sdk-core/observers'
import { useCallback } from 'react'
import { useObserved } from './use-observed'

/** A conversation as it is now, whoever changes it. */
export function useConversation(conversationId: string): ConversationSnapshot {
  const find = useCallback(
    (observers: Observers) => observers.conversations.get(conversationId),
    [conversationId],
  )
  return useObserved(find, LOADING)
}
