'use client'

import { type ChatMessage, useAIChat, useConversation } from '@s5-conversations/react'
import { PlugZap } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useGenerate } from '@/lib/chat/use-generate'
import type { History } from '@/lib/chat/use-history-search'
import { useLeaveWarning } from '@/lib/chat/use-leave-warning'
import { useTitle } from '@/lib/chat/use-title'
import { describeError } from '@/lib/describe-error'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { ChatHeader } from './chat-header'
import { Composer } from './composer'
import { MessageThread } from './message-thread'

interface ChatViewProps {
  conversationId: string
  history: History
  onOpen(conversationId: string | undefined): void
  listButton: ReactNode
}

/** The conversation that is open. */
export function ChatView({ conversationId, history, onOpen, listButton }: ChatViewProps) {
  const { config } = useHarness()
  const [withContext, setWithContext] = useState(true)
  const generate = useGenerate(conversationId, history, withContext)
  const chat = useAIChat({
    conversationId,
    generate,
    model: config.model.name,
    provider: config.model.provider,
  })
  const { conversation } = useConversation(conversationId)
  const title = useTitle(chat)
  useLeaveWarning(chat.draft !== '' || chat.isStreaming || chat.messages.some(isUnsaved))
  const end = async () => {
    await chat.stop()
    onOpen(undefined) // The SDK ends the session once nobody looks at its conversation any more.
  }
  if (chat.status === 'failed') {
    return (
      <EmptyState
        icon={<PlugZap />}
        title="This conversation could not be read"
        action={<Button onClick={() => void chat.refresh()}>Try again</Button>}
      >
        {describeError(chat.error)}
      </EmptyState>
    )
  }
  return (
    <>
      <ChatHeader
        chat={chat}
        title={title}
        listButton={listButton}
        onEnd={() => void end()}
        onOpen={onOpen}
      />
      <MessageThread chat={chat} conversation={conversation} onOpen={onOpen} />
      <Composer chat={chat} model={config.model} withContext={withContext} onWithContext={setWithContext} />
    </>
  )
}

function isUnsaved({ status }: ChatMessage): boolean {
  return status === 'saving' || status === 'failed'
}
