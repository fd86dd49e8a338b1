'use client'

import type { Sdk } from '@s5-conversations/sdk-core'
import { RefreshCw, Save } from 'lucide-react'
import { type FormEvent, useEffect } from 'react'
import { Problem } from '../lab/problem'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Field, Input, Textarea } from '../ui/input'
import { Skeleton } from '../ui/skeleton'
import { MessageDrafts } from './message-drafts'
import { type Pane, type PaneState, usePane } from './use-pane'

interface ClientPaneProps {
  name: string
  sdk: Sdk
  /** Called with what the pane shows and does, whenever that changes. */
  onChange(name: string, pane: Pane): void
}

/** One client with its own copy of the conversation. */
export function ClientPane({ name, sdk, onChange }: ClientPaneProps) {
  const pane = usePane(sdk)
  const { state, load, change, save } = pane
  useEffect(() => onChange(name, pane), [name, onChange, pane])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save()
  }
  return (
    <Card
      title={name}
      description={basisOf(state)}
      actions={<StateBadge state={state} />}
      className="min-w-0"
    >
      <Problem text={state.problem} />
      {state.status === 'loading' ? (
        <Skeleton className="h-48" />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" aria-label={name}>
          <Field label="Title">
            {(field) => (
              <Input
                {...field}
                value={state.title}
                onChange={({ target }) => change({ title: target.value })}
              />
            )}
          </Field>
          <MessageDrafts drafts={state.messages} onChange={(messages) => change({ messages })} />
          <Field label="Next message">
            {(field) => (
              <Textarea
                {...field}
                rows={2}
                value={state.next}
                onChange={({ target }) => change({ next: target.value })}
              />
            )}
          </Field>
          <div className="flex flex-wrap items-center gap-2">
            <Button
              type="submit"
              variant="primary"
              disabled={state.status === 'saving'}
              data-testid="save-button"
            >
              <Save />
              {state.status === 'saving' ? 'Saving …' : 'Save'}
            </Button>
            <Button onClick={load}>
              <RefreshCw />
              Load
            </Button>
            <span role="status" className="text-sm">
              {state.saved !== undefined && (
                <span className="save-success font-medium text-accent">Saved version {state.saved}</span>
              )}
            </span>
          </div>
        </form>
      )}
    </Card>
  )
}

function basisOf({ status, version }: PaneState): string {
  if (status === 'loading') return 'Loading …'
  return version === 0 ? 'Nothing saved yet' : `Based on version ${version}`
}

function StateBadge({ state: { status, isDirty } }: { state: PaneState }) {
  if (status === 'loading') return null
  if (status === 'stale') return <Badge tone="warning">out of date</Badge>
  if (status === 'failed') return <Badge tone="danger">not loaded</Badge>
  return isDirty ? <Badge>unsaved</Badge> : <Badge tone="good">as saved</Badge>
}
