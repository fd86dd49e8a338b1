'use client'

import type { AIChat, ChatMessage } from '@s5-conversations/react'
import { ChevronLeft, ChevronRight, Pencil, RefreshCw, RotateCcw, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'

interface MessageActionsProps {
  message: ChatMessage
  text: string
  chat: AIChat
  onEdit(): void
}

/** What can be done with one message. Shown where the pointer or the focus is, and always where there is none. */
export function MessageActions({ message, text, chat, onEdit }: MessageActionsProps) {
  const { id, role, status } = message
  if (status === 'streaming') return null
  return (
    <div className="flex items-center transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-fine:opacity-0 pointer-fine:focus-within:opacity-100 pointer-fine:group-hover:opacity-100">
      <Alternatives message={message} chat={chat} />
      <CopyButton text={text} variant="ghost" size="smallIcon" aria-label="Copy" />
      {status === 'failed' && (
        <Action label="Save again" onClick={() => chat.resume()} icon={<RotateCcw />} />
      )}
      {role === 'assistant' && (
        <Action label="Another answer" onClick={() => chat.regenerate(id)} icon={<RefreshCw />} />
      )}
      {role === 'user' && <Action label="Edit" onClick={onEdit} icon={<Pencil />} />}
      <Action label="Delete" onClick={() => chat.remove(id)} icon={<Trash2 />} />
    </div>
  )
}

/** Steps through the answers to one prompt. */
function Alternatives({ message: { id, alternatives }, chat }: { message: ChatMessage; chat: AIChat }) {
  if (alternatives === undefined) return null
  const place = alternatives.indexOf(id)
  const choose = (step: number) => {
    const next = alternatives[place + step]
    if (next !== undefined) void chat.choose(next)
  }
  return (
    <span className="flex items-center tabular-nums">
      <Action
        label="The answer before"
        disabled={place === 0}
        onClick={() => choose(-1)}
        icon={<ChevronLeft />}
      />
      {place + 1}/{alternatives.length}
      <Action
        label="The next answer"
        disabled={place === alternatives.length - 1}
        onClick={() => choose(1)}
        icon={<ChevronRight />}
      />
    </span>
  )
}

interface ActionProps {
  label: string
  icon: ReactNode
  disabled?: boolean
  onClick(): void
}

function Action({ label, icon, ...button }: ActionProps) {
  return (
    <Button variant="ghost" size="smallIcon" aria-label={label} title={label} {...button}>
      {icon}
    </Button>
  )
}
