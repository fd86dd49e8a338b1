'use client'

import type { Session } from '@s5-conversations/sdk-core'
import { Timer } from 'lucide-react'
import { useSessions } from '@/lib/chat/use-sessions'
import { formatTime } from '@/lib/format'
import { Badge, type Tone } from '../ui/badge'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { ListItem } from './list-item'

const TONES: Record<Session['status'], Tone> = { active: 'good', ended: 'neutral', completed: 'neutral' }

/** The stretches of work on conversations, the latest first. To go on with one is to open its conversation. */
export function SessionList({ onOpen }: { onOpen(conversationId: string): void }) {
  const { items, hasMore, problem, loadMore } = useSessions()
  if (problem !== undefined) return <p role="alert">{problem}</p>
  if (items === undefined) return <Skeleton className="h-24" />
  if (items.length === 0) {
    return (
      <EmptyState icon={<Timer />} title="No sessions yet">
        A session begins with the first message that you send.
      </EmptyState>
    )
  }
  return (
    <>
      <ul data-testid="session-list" className="-mx-2 flex flex-col gap-0.5">
        {items.map(({ id, conversationId, model, startedAt, status }) => (
          <ListItem
            key={id}
            testId="session"
            title={model}
            onClick={() => onOpen(conversationId)}
            facts={
              <>
                <span>{formatTime(startedAt)}</span>
                <Badge tone={TONES[status]}>{status}</Badge>
              </>
            }
          />
        ))}
      </ul>
      {hasMore && (
        <Button size="small" className="my-3 w-full" onClick={loadMore}>
          Show more
        </Button>
      )}
    </>
  )
}
