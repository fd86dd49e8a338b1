'use client'

import { lazy, type ReactNode, Suspense } from 'react'
import { usePageState } from '@/lib/sdk/use-page-session'
import { Skeleton } from '../ui/skeleton'
import { ConnectCard } from './connect-card'

// Who is not signed in yet does not need the SDK: the page is there before it.
const SignedIn = lazy(() => import('./signed-in').then((m) => ({ default: m.SignedIn })))

/** Shows `children` once somebody is signed in, and until then the ways to do that. */
export function RequireIdentity({ children }: { children: ReactNode }) {
  const state = usePageState()
  if (state.status === 'starting') return <Skeleton className="h-48" />
  if (state.status !== 'ready') return <ConnectCard state={state} />
  return (
    <Suspense fallback={<Skeleton className="h-48" />}>
      <SignedIn harness={state.harness}>{children}</SignedIn>
    </Suspense>
  )
}
