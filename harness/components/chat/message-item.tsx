'use client'

import { type ChatMessage, textOf } from '@s5-conversations/react'
import clsx from 'clsx'
import { useState } from 'react'
import { describeError } from '@/lib/describe-error'
import type { MessageActionsOf } from './conversation-context'
import { MessageActions } from './message-actions'
import { MessageEditor } from './message-editor'
import { MessageStatus } from './message-status'
import { MessageText } from './message-text'
import { Sources } from './sources'

interface MessageItemProps {
  message: ChatMessage
  actions: MessageActionsOf
}

/** One message: what it says, where it is, and what can be done with it. */
export function MessageItem({ message, actions }: MessageItemProps) {
  const [isEditing, setEditing] = useState(false)
  const isOwn = message.role === 'user'
  const text = textOf(message.content)
  return (
    <div className={clsx('group flex flex-col gap-1', isOwn ? 'items-end' : 'items-start')}>
      {isEditing ? (
        <MessageEditor
          text={text}
          onSave={(edited) => void actions.edit(message.id, edited)}
          onClose={() => setEditing(false)}
        />
      ) : (
        <div
          dir="auto"
          className={clsx(
            'max-w-full min-w-0 rounded-card px-4 py-2.5 text-start break-words',
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
      {message.parentId !== undefined && <Sources promptId={message.parentId} />}
      <div className={clsx('flex h-7 items-center gap-2 text-xs text-muted', isOwn && 'flex-row-reverse')}>
        <MessageStatus message={message} />
        <MessageActions message={message} text={text} actions={actions} onEdit={() => setEditing(true)} />
      </div>
    </div>
  )
}
