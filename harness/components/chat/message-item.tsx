'use client'

import { type AIChat, type ChatMessage, textOf } from '@s5-conversations/react'
import clsx from 'clsx'
import { memo, useState } from 'react'
import type { Source } from '@/lib/chat/sources'
import { describeError } from '@/lib/describe-error'
import { MessageActions } from './message-actions'
import { MessageEditor } from './message-editor'
import { MessageStatus } from './message-status'
import { MessageText } from './message-text'
import { Sources } from './sources'

interface MessageItemProps {
  message: ChatMessage
  chat: AIChat
  sources: readonly Source[]
  onOpen(conversationId: string): void
}

const NAMES = { user: 'You', assistant: 'Assistant', system: 'System', tool: 'Tool' }

/** One message: what it says, where it is, and what can be done with it. */
export const MessageItem = memo(function MessageItem({ message, chat, sources, onOpen }: MessageItemProps) {
  const [isEditing, setEditing] = useState(false)
  const isOwn = message.role === 'user'
  const text = textOf(message.content)
  return (
    <article
      data-testid="message"
      data-role={message.role}
      data-status={message.status}
      aria-label={NAMES[message.role]}
      className={clsx('group flex max-w-full flex-col gap-1', isOwn ? 'items-end self-end' : 'items-start')}
    >
      {isEditing ? (
        <MessageEditor
          text={text}
          onSave={(edited) => void chat.edit(message.id, edited)}
          onClose={() => setEditing(false)}
        />
      ) : (
        <div
          dir="auto"
          className={clsx(
            'max-w-full min-w-0 rounded-card px-4 py-2.5 break-words',
            isOwn ? 'bg-accent-soft' : 'border border-line bg-surface',
          )}
        >
          <MessageText text={text} />
        </div>
      )}
      {message.error !== undefined && (
        <p role="alert" className="text-xs text-danger">
          {describeError(message.error)}
        </p>
      )}
      <Sources sources={sources} onOpen={onOpen} />
      <div className="flex h-7 items-center gap-2 text-xs text-muted">
        <MessageStatus message={message} />
        <MessageActions message={message} text={text} chat={chat} onEdit={() => setEditing(true)} />
      </div>
    </article>
  )
})
