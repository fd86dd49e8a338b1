'use client'

import { SearchX } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { FoundMessage } from '@/lib/chat/history-search'
import type { History } from '@/lib/chat/use-history-search'
import { describeError } from '@/lib/describe-error'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { ListItem } from './list-item'

const LIMIT = 50

interface SearchResultsProps {
  history: History
  query: string
  onOpen(conversationId: string): void
}

/** The messages that fit a query. The index is on this device only: nobody learns what is searched for. */
export function SearchResults({ history, query, onOpen }: SearchResultsProps) {
  const { found, problem } = useFound(history, query)
  const { progress } = history
  if (problem !== undefined) return <p role="alert">{problem}</p>
  return (
    <div role="status" data-testid="search-results">
      {progress !== undefined && (
        <p className="py-2 text-xs text-muted">
          Reading your conversations: {progress.indexed} of {progress.total}
        </p>
      )}
      {found === undefined ? (
        <Skeleton className="h-24" />
      ) : found.length === 0 ? (
        <EmptyState icon={<SearchX />} title="Nothing found" />
      ) : (
        <ul className="-mx-2 flex flex-col gap-0.5">
          {found.map(({ conversationId, messageId, title, role, excerpt }) => (
            <ListItem
              key={`${conversationId} ${messageId}`}
              testId="search-result"
              title={title}
              facts={role}
              onClick={() => onOpen(conversationId)}
            >
              <span dir="auto" className="mt-1 line-clamp-2 text-xs text-muted">
                {excerpt}
              </span>
            </ListItem>
          ))}
        </ul>
      )}
    </div>
  )
}

function useFound({ open }: History, query: string): { found?: FoundMessage[]; problem?: string } {
  const [state, setState] = useState<{ found?: FoundMessage[]; problem?: string }>({})
  useEffect(() => {
    let isCurrent = true
    open().then(
      (search) => isCurrent && setState({ found: search.search(query, { limit: LIMIT }) }),
      (error: unknown) => isCurrent && setState({ problem: describeError(error) }),
    )
    return () => {
      isCurrent = false
    }
  }, [open, query])
  return state
}
