import type { ChatMessage } from '@s5-conversations/sdk-core/observers'
import { memo, type ReactNode, useRef } from 'react'
import { Chunk } from './message-list-chunk'
import { textOf } from './message-text'
import { useStayAtEnd } from './use-stay-at-end'

/** How many messages come and go together. */
const CHUNK = 25

export interface MessageListProps {
  messages: readonly ChatMessage[]
  /** What stands in a message; another function draws all that is in sight again. @default its text and its status */
  renderMessage?: (message: ChatMessage) => ReactNode
  /** @default 'Messages' */
  label?: string
}

/**
 * Messages in a box that scrolls; give it a height. Only what is near is in the document. It stays at the end while
 * it is there, and where it is while somebody reads further up.
 */
export function MessageList({ messages, renderMessage = showText, label = 'Messages' }: MessageListProps) {
  const box = useRef<HTMLElement>(null)
  useStayAtEnd(box)
  const starts = Array.from({ length: Math.ceil(messages.length / CHUNK) }, (_, i) => i * CHUNK)
  const drawRow = (message: ChatMessage, index: number) => (
    <Row
      key={message.id}
      message={message}
      place={index + 1}
      count={messages.length}
      render={renderMessage}
    />
  )
  return (
    <section
      ref={box}
      aria-label={label}
      // What scrolls is scrolled by keys, too.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
      tabIndex={0}
      className="s5-messages"
      data-testid="message-list"
    >
      <div role="feed" aria-label={label}>
        {starts.map((start) => (
          <Chunk key={start} box={box} isLast={start === starts.at(-1)} count={CHUNK}>
            {() => messages.slice(start, start + CHUNK).map((message, i) => drawRow(message, start + i))}
          </Chunk>
        ))}
      </div>
    </section>
  )
}

interface RowProps {
  message: ChatMessage
  place: number
  count: number
  render(message: ChatMessage): ReactNode
}

const Row = memo(function Row({ message, place, count, render }: RowProps) {
  const { role, status } = message
  return (
    <article
      aria-label={`${role}, ${status}`}
      aria-posinset={place}
      aria-setsize={count}
      className="s5-message"
      data-role={role}
      data-status={status}
      data-testid="message"
    >
      {render(message)}
    </article>
  )
})

/** Always text: what a message says is never taken for HTML. */
function showText({ content, status }: ChatMessage): ReactNode {
  return (
    <>
      <p className="s5-message-text">{textOf(content)}</p>
      <small className="s5-message-status" data-testid="message-status">
        {status}
      </small>
    </>
  )
}
