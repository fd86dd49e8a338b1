'use client'

import type { Outbox } from '@s5-conversations/sdk-core'
import { RefreshCw, TriangleAlert } from 'lucide-react'
import { useAction } from '@/lib/lab/use-action'
import type { Harness } from '@/lib/sdk/harness'
import { Counter } from '../lab/counter'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { FailedSaves } from './failed-saves'
import { makeFailure } from './make-failure'
import { StatusBadge } from './status-badge'
import { useOutbox } from './use-outbox'

interface OutboxCardProps {
  harness: Harness
  outbox: Outbox
}

/** What is still to be sent, and what was put aside because it can never be. */
export function OutboxCard({ harness, outbox }: OutboxCardProps) {
  const { status, failed } = useOutbox(harness.sdk)
  const failure = useAction(() => makeFailure(harness))
  return (
    <Card
      title="Outbox"
      description="It survives reloads, closed tabs and crashes; one tab at a time sends it."
      actions={
        <>
          <Button onClick={() => outbox.wake()} data-testid="send-now">
            <RefreshCw />
            Send now
          </Button>
          <Button onClick={() => failure.run()} disabled={failure.isBusy} data-testid="make-failure">
            <TriangleAlert />
            {failure.isBusy ? 'Writing …' : 'Make one fail'}
          </Button>
        </>
      }
    >
      <Problem text={failure.problem} />
      {status !== undefined && (
        <>
          <div role="status" className="mb-3 flex flex-wrap items-center gap-2 text-sm text-muted">
            <StatusBadge status={status.status} />
            {status.lastError !== undefined && (
              <span>
                Last attempt: {status.lastError.userMessage} ({status.lastError.code})
              </span>
            )}
          </div>
          <dl className="grid grid-cols-3 gap-3">
            <Counter name="Waiting" value={status.waiting} />
            <Counter name="Syncing" value={status.syncing} />
            <Counter name="Failed" value={status.failed} />
          </dl>
        </>
      )}
      <FailedSaves saves={failed} outbox={outbox} />
    </Card>
  )
}
