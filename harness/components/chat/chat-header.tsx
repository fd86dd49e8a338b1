'use client'

import type { AIChat } from '@s5-conversations/react'
import { LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { SyncBadge } from '../sync/sync-badge'
import { Button } from '../ui/button'
import { ChatMenu } from './chat-menu'
import { SaveButton } from './save-button'
import { TitleEditor } from './title-editor'

interface ChatHeaderProps {
  chat: AIChat
  title: string
  listButton: ReactNode
  onEnd(): void
  onOpen(conversationId: string | undefined): void
}

/** What the conversation is called, where it is, and what can be done with all of it. */
export function ChatHeader({ chat, title, listButton, onEnd, onOpen }: ChatHeaderProps) {
  const isStored = chat.messages.length > 0
  return (
    <header className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2 md:flex-nowrap">
      {listButton}
      <TitleEditor conversationId={chat.conversationId} title={title} isStored={isStored} />
      <div className="ml-auto flex shrink-0 items-center gap-2">
        <SyncBadge />
        <SaveButton />
        <Button size="small" data-testid="end-session" onClick={onEnd}>
          <LogOut />
          End session
        </Button>
        <ChatMenu chat={chat} title={title} isStored={isStored} onDeleted={() => onOpen(undefined)} />
      </div>
    </header>
  )
}
