'use client'

import { BookOpen } from 'lucide-react'
import type { Source } from '@/lib/chat/sources'

interface SourcesProps {
  sources: readonly Source[]
  onOpen(conversationId: string): void
}

/** Which of one's earlier messages an answer was given, each with the way to it. */
export function Sources({ sources, onOpen }: SourcesProps) {
  if (sources.length === 0) return null
  return (
    <details data-testid="sources" className="max-w-full text-xs text-muted">
      <summary className="cursor-pointer">
        Context from {sources.length === 1 ? 'one earlier message' : `${sources.length} earlier messages`}
      </summary>
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
