'use client'

import { type AIChat, type ChatMessage, MessageList } from '@s5-conversations/react'
import type { Conversation } from '@s5-conversations/sdk-core'
import { Sparkles } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { ConversationContext, type MessageActionsOf } from './conversation-context'
import { MessageItem } from './message-item'

interface MessageThreadProps {
  chat: AIChat
  conversation: Conversation | undefined
  onOpen(conversationId: string): void
}

/** What was said, the newest at the end, which stays in sight while it grows. */
export function MessageThread({ chat, conversation, onOpen }: MessageThreadProps) {
  const actions = useStableActions(chat)
  // The same function always: only what has changed of a message draws it again.
  const draw = useCallback(
    (message: ChatMessage) => <MessageItem message={message} actions={actions} />,
    [actions],
  )
  const context = useMemo(() => ({ conversation, onOpen }), [conversation, onOpen])
  if (chat.messages.length === 0) {
    return (
      <div className="m-auto w-full max-w-md">
        {chat.status === 'loading' ? <Skeleton className="h-24" /> : <Nothing />}
      </div>
    )
  }
  return (
    <ConversationContext value={context}>
      <MessageList messages={chat.messages} renderMessage={draw} />
    </ConversationContext>
  )
}

function Nothing() {
  return (
    <EmptyState icon={<Sparkles />} title="Say something">
      Send as many messages as you like without waiting: none is lost, and each is answered in its turn.
    </EmptyState>
  )
}

function useStableActions({ choose, edit, regenerate, remove, resume }: AIChat): MessageActionsOf {
  return useMemo(
    () => ({ choose, edit, regenerate, remove, resume }),
    [choose, edit, regenerate, remove, resume],
  )
}
