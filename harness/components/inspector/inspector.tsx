'use client'

import { useConversations } from '@s5-conversations/react'
import { ScanSearch } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { Field, Select } from '../ui/input'
import { Skeleton } from '../ui/skeleton'
import { Anatomy } from './anatomy'
import { Operations } from './operations'
import { Verification } from './verification'
import { Versions } from './versions'

/** Takes one conversation apart. */
export function Inspector() {
  const harness = useHarness()
  const list = useConversations({ pageSize: 50 })
  const [id, setId] = useState<string>()
  const [first] = list.items
  if (id === undefined && first !== undefined) setId(first.id)
  if (list.status === 'loading') return <Skeleton className="h-48" />
  return (
    <>
      <Problem text={list.error === undefined ? undefined : describeError(list.error)} />
      {id === undefined ? (
        <EmptyState icon={<ScanSearch />} title="No conversation yet">
          Write one on the chat page, or on any other page here.
        </EmptyState>
      ) : (
        <>
          <Card>
            <div className="flex flex-wrap items-end gap-3">
              <div className="min-w-0 flex-1 basis-64">
                <Field
                  label="Conversation"
                  hint={`${list.items.length} listed${list.hasMore ? ', and there are more' : ''}`}
                >
                  {(field) => (
                    <Select {...field} value={id} onChange={({ target }) => setId(target.value)}>
                      {list.items.map(({ id: each, title }) => (
                        <option key={each} value={each}>
                          {title === undefined ? each : `${title} (${each})`}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              </div>
              {list.hasMore && <Button onClick={() => void list.loadMore()}>List more</Button>}
            </div>
          </Card>
          <Anatomy key={`anatomy ${id}`} sdk={harness.sdk} conversationId={id} />
          <Verification key={`verification ${id}`} sdk={harness.sdk} conversationId={id} />
          <Versions key={`versions ${id}`} sdk={harness.sdk} conversationId={id} />
          <Operations key={`operations ${id}`} harness={harness} conversationId={id} />
        </>
      )}
    </>
  )
}
