'use client'

import { PlugZap } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeError } from '@/lib/describe-error'
import { useHarnessState } from '@/lib/sdk/harness-context'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Skeleton } from '../ui/skeleton'
import { ConnectCard } from './connect-card'

/** Shows `children` once somebody is signed in, and until then what is missing for that. */
export function RequireIdentity({ children }: { children: ReactNode }) {
  const state = useHarnessState()
  if (state.status === 'starting') return <Skeleton className="h-48" />
  if (state.status === 'failed') return <StartFailed error={state.error} retry={state.retry} />
  if (state.auth.status !== 'ready') return <ConnectCard harness={state.harness} />
  return children
}

function StartFailed({ error, retry }: { error: unknown; retry(): void }) {
  return (
    <EmptyState
      icon={<PlugZap />}
      title="The SDK could not be opened"
      action={<Button onClick={retry}>Try again</Button>}
    >
      {describeError(error)}
    </EmptyState>
  )
}
