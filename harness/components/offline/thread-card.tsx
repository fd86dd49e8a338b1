'use client'

import { MessageSquarePlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useAction } from '@/lib/lab/use-action'
import type { Harness } from '@/lib/sdk/harness'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { Input } from '../ui/input'
import { Skeleton } from '../ui/skeleton'
import { StatusBadge } from './status-badge'
import { CONVERSATION_ID, useOfflineThread } from './use-offline-thread'

/** Writes messages, whatever the connection, and shows where each of them is. */
export function ThreadCard({ harness }: { harness: Harness }) {
  const { messages, problem, read } = useOfflineThread(harness)
  const [text, setText] = useState('')
  const write = useAction(async () => {
    const content = text.trim()
    if (content === '') return
    setText('')
    await harness.sdk.storage.appendMessage(CONVERSATION_ID, { role: 'user', content })
    await read()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void write.run()
  }
  return (
    <Card title="Messages" description="Each is safe on this device before it is sent.">
      <form onSubmit={submit} className="mb-4 flex gap-2">
        <Input
          aria-label="New message"
          placeholder="Write something …"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Button type="submit" variant="primary" disabled={text.trim() === ''}>
          Save
        </Button>
      </form>
      <Problem text={write.problem ?? problem} />
      {messages === undefined && problem === undefined && <Skeleton className="h-24" />}
      {messages?.length === 0 && (
        <EmptyState icon={<MessageSquarePlus />} title="Nothing written yet">
          Write something, then cut the connection and write more.
        </EmptyState>
      )}
      <ul className="divide-y divide-line" aria-live="polite" data-testid="offline-messages">
        {messages?.map(({ id, text: said, status }) => (
          <li key={id} className="flex items-start justify-between gap-4 py-2">
            <span dir="auto" className="min-w-0 break-words">
              {said}
            </span>
            <StatusBadge status={status} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
