'use client'

import { useConversations } from '@s5-conversations/react'
import { MessagesSquare, PlugZap } from 'lucide-react'
import { describeError } from '@/lib/describe-error'
import { countOf, formatTime } from '@/lib/format'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { ListItem } from './list-item'

interface ConversationListProps {
  openId: string | undefined
  onOpen(id: string): void
}

/** The conversations of who is signed in, the last changed first. */
export function ConversationList({ openId, onOpen }: ConversationListProps) {
  const list = useConversations()
  if (list.status === 'loading') return <Skeleton className="h-24" />
  if (list.status === 'failed') {
    return (
      <EmptyState
        icon={<PlugZap />}
        title="The list could not be read"
        action={<Button onClick={() => void list.refresh()}>Try again</Button>}
      >
        {describeError(list.error)}
      </EmptyState>
    )
  }
  if (list.items.length === 0) {
    return (
      <EmptyState icon={<MessagesSquare />} title="Nothing here yet">
        Start a session, or import what you have elsewhere.
      </EmptyState>
    )
  }
  return (
    <>
      <ul data-testid="conversation-list" className="-mx-2 flex flex-col gap-0.5">
        {list.items.map(({ id, title, updatedAt, messageCount, shared }) => (
          <ListItem
            key={id}
            testId="conversation"
            isOpen={id === openId}
            title={title ?? 'Untitled'}
            onClick={() => onOpen(id)}
            facts={
              <>
                <span>{formatTime(updatedAt)}</span>
                <span>{countOf(messageCount, 'message')}</span>
                {shared !== undefined && <Badge>{shared.write ? 'Shared' : 'Read only'}</Badge>}
              </>
            }
          />
        ))}
      </ul>
      {list.hasMore && (
        <Button
          size="small"
          className="my-3 w-full"
          data-testid="more-conversations"
          onClick={() => void list.loadMore()}
        >
          Show more
        </Button>
      )}
    </>
  )
}
