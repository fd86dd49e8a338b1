'use client'

import { ScanSearch } from 'lucide-react'
import { useState } from 'react'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { Field, Select } from '../ui/input'
import { Skeleton } from '../ui/skeleton'
import { Anatomy } from './anatomy'
import { Operations } from './operations'
import { useConversationList } from './use-conversation-list'
import { Verification } from './verification'
import { Versions } from './versions'

/** Takes one conversation apart. */
export function Inspector() {
  const harness = useHarness()
  const list = useConversationList(harness.sdk)
  const [chosen, setChosen] = useState<string>()
  const id = chosen ?? list.items[0]?.id
  if (!list.isLoaded) return <Skeleton className="h-48" />
  return (
    <>
      <Problem text={list.problem} />
      {id === undefined ? (
        <EmptyState
          icon={<ScanSearch />}
          title="No conversation yet"
          action={<Button onClick={list.reload}>Look again</Button>}
        >
          Write one on the chat page, or on any other page here.
        </EmptyState>
      ) : (
        <>
          <Card>
            <div className="flex flex-wrap items-end gap-3">
              <div className="min-w-0 flex-1 basis-64">
                <Field
                  label="Conversation"
                  hint={`${list.items.length} listed${list.cursor === undefined ? '' : ', and there are more'}`}
                >
                  {(field) => (
                    <Select {...field} value={id} onChange={({ target }) => setChosen(target.value)}>
                      {list.items.map(({ id: each, title }) => (
                        <option key={each} value={each}>
                          {title === undefined ? each : `${title} (${each})`}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              </div>
              {list.cursor !== undefined && <Button onClick={list.loadMore}>List more</Button>}
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
