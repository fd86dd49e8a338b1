'use client'

import { StaleSessionBanner } from '@s5-conversations/react'
import { MessageSquarePlus, PanelLeft } from 'lucide-react'
import { useState } from 'react'
import { useHistorySearch } from '@/lib/chat/use-history-search'
import { useOpenConversation } from '@/lib/chat/use-open-conversation'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { ChatView } from './chat-view'
import { Sidebar } from './sidebar'

/** Conversations beside the one that is open; one of both at a time where there is little room. */
export function ChatPage() {
  const [conversationId, setConversationId] = useOpenConversation()
  const [isListOpen, setListOpen] = useState(conversationId === undefined)
  const history = useHistorySearch()
  const open = (id: string | undefined) => {
    setConversationId(id)
    setListOpen(id === undefined)
  }
  const start = () => open(crypto.randomUUID())
  return (
    <div className="flex h-[calc(100dvh-3.5rem)] lg:h-dvh">
      <h1 className="sr-only">Chat</h1>
      <div className={isListOpen ? 'w-full md:w-auto' : 'hidden md:block'}>
        <Sidebar history={history} openId={conversationId} onOpen={open} onStart={start} />
      </div>
      <div className={isListOpen ? 'hidden min-w-0 flex-1 md:flex' : 'flex min-w-0 flex-1'}>
        <div className="flex min-w-0 flex-1 flex-col">
          <StaleSessionBanner />
          {conversationId === undefined ? (
            <Welcome onStart={start} />
          ) : (
            <ChatView
              key={conversationId}
              conversationId={conversationId}
              history={history}
              onOpen={open}
              listButton={<ListButton onClick={() => setListOpen(true)} />}
            />
          )}
        </div>
      </div>
    </div>
  )
}

function ListButton({ onClick }: { onClick(): void }) {
  return (
    <Button
      variant="ghost"
      size="icon"
      className="md:hidden"
      aria-label="Show all conversations"
      onClick={onClick}
    >
      <PanelLeft />
    </Button>
  )
}

function Welcome({ onStart }: { onStart(): void }) {
  return (
    <div className="m-auto">
      <EmptyState
        icon={<MessageSquarePlus />}
        title="No conversation is open"
        action={
          <Button variant="primary" onClick={onStart}>
            Start a session
          </Button>
        }
      >
        Start a session, or open a conversation from the list. Every message is sealed to your key before it
        leaves this page.
      </EmptyState>
    </div>
  )
}
