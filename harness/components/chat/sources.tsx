'use client'

import { BookOpen } from 'lucide-react'
import { use } from 'react'
import { sourcesOf } from '@/lib/chat/sources'
import { countOf } from '@/lib/format'
import { ConversationContext } from './conversation-context'

/** Which of one's earlier messages the answer to a prompt was given, each with the way to it. */
export function Sources({ promptId }: { promptId: string }) {
  const { conversation, onOpen } = use(ConversationContext)
  const sources = sourcesOf(conversation, promptId)
  if (sources.length === 0) return null
  return (
    <details data-testid="sources" className="max-w-full text-xs text-muted">
      <summary className="cursor-pointer">Context from {countOf(sources.length, 'earlier message')}</summary>
      <ul className="mt-2 flex flex-col gap-1">
        {sources.map(({ conversationId, messageId, title, excerpt }) => (
          <li key={messageId}>
            <button
              type="button"
              className="flex max-w-full items-start gap-2 rounded-control px-2 py-1 text-left hover:bg-raised"
              onClick={() => onOpen(conversationId)}
            >
              <BookOpen className="mt-0.5 size-3.5 shrink-0 text-accent" aria-hidden />
              <span dir="auto" className="min-w-0">
                <strong className="text-ink">{title}</strong>
                <span className="line-clamp-2">{excerpt}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
