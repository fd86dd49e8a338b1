'use client'

import type { ChatMessage } from '@s5-conversations/react'
import { ChevronLeft, ChevronRight, Pencil, RefreshCw, RotateCcw, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import type { MessageActionsOf } from './conversation-context'

interface MessageActionsProps {
  message: ChatMessage
  text: string
  actions: MessageActionsOf
  onEdit(): void
}

/** What can be done with one message. Shown where the pointer or the focus is, and always where there is none. */
export function MessageActions({ message, text, actions, onEdit }: MessageActionsProps) {
  const { id, role, status } = message
  if (status === 'streaming') return null
  return (
    <div className="flex items-center transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-fine:opacity-0 pointer-fine:focus-within:opacity-100 pointer-fine:group-hover:opacity-100">
      <Alternatives message={message} actions={actions} />
      <CopyButton text={text} variant="ghost" size="smallIcon" aria-label="Copy" />
      {status === 'failed' && (
        <Action label="Save again" onClick={() => actions.resume()} icon={<RotateCcw />} />
      )}
      {role === 'assistant' && (
        <Action label="Another answer" onClick={() => actions.regenerate(id)} icon={<RefreshCw />} />
      )}
      {role === 'user' && <Action label="Edit" onClick={onEdit} icon={<Pencil />} />}
      <Action label="Delete" onClick={() => actions.remove(id)} icon={<Trash2 />} />
    </div>
  )
}

/** Steps through the answers to one prompt. */
function Alternatives({
  message: { id, alternatives },
  actions,
}: {
  message: ChatMessage
  actions: MessageActionsOf
}) {
  if (alternatives === undefined) return null
  const place = alternatives.indexOf(id)
  const choose = (step: number) => {
    const next = alternatives[place + step]
    if (next !== undefined) void actions.choose(next)
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
