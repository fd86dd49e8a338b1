'use client'

import type { AIChat } from '@s5-conversations/react'
import type { Conversation } from '@s5-conversations/sdk-core'
import { ArrowDown, Sparkles } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { sourcesOf } from '@/lib/chat/sources'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { MessageItem } from './message-item'

const SHOWN_AT_FIRST = 100
const NEAR_END_PX = 120

interface MessageThreadProps {
  chat: AIChat
  conversation: Conversation | undefined
  onOpen(conversationId: string): void
}

/** What was said, the newest at the end, which stays in sight while it grows. */
export function MessageThread({ chat, conversation, onOpen }: MessageThreadProps) {
  const { messages, status } = chat
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const { frame, isAtEnd, goToEnd } = useEndInSight(messages)
  const earlier = Math.max(0, messages.length - shown)
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        role="log"
        aria-label="Messages"
        className="h-full overflow-y-auto px-4 py-6"
      >
        <div className="mx-auto flex max-w-3xl flex-col gap-6">
          {status === 'loading' && messages.length === 0 && <Skeleton className="h-24" />}
          {status === 'ready' && messages.length === 0 && (
            <EmptyState icon={<Sparkles />} title="Say something">
              Send as many messages as you like without waiting: none is lost, and each is answered in its
              turn.
            </EmptyState>
          )}
          {earlier > 0 && (
            <Button className="self-center" onClick={() => setShown(shown + 5 * SHOWN_AT_FIRST)}>
              Show earlier messages ({earlier})
            </Button>
          )}
          {messages.slice(earlier).map((message) => (
            <MessageItem
              key={message.id}
              message={message}
              chat={chat}
              sources={sourcesOf(conversation, message.parentId)}
              onOpen={onOpen}
            />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <Button
          size="icon"
          className="absolute right-6 bottom-4 rounded-full shadow-lg"
          aria-label="Go to the newest message"
          onClick={goToEnd}
        >
          <ArrowDown />
        </Button>
      )}
    </div>
  )
}

/** Follows the end as long as nobody has scrolled away from it. */
function useEndInSight(messages: AIChat['messages']) {
  const frame = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const goToEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight })
  useEffect(() => {
    const { current } = frame
    const look = () => {
      if (current === null) return
      setAtEnd(current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END_PX)
    }
    current?.addEventListener('scroll', look, { passive: true })
    return () => current?.removeEventListener('scroll', look)
  }, [])
  useEffect(() => {
    if (isAtEnd) goToEnd()
  }, [messages, isAtEnd])
  return { frame, isAtEnd, goToEnd }
}
