'use client'

import type { ReactNode } from 'react'
import { usePageState } from '@/lib/sdk/use-page-session'
import { Skeleton } from '../ui/skeleton'
import { ConnectCard } from './connect-card'

/** Shows `children` once somebody is signed in, and until then the ways to do that. */
export function RequireIdentity({ children }: { children: ReactNode }) {
  const state = usePageState()
  if (state.status === 'ready') return children
  if (state.status === 'starting') return <Skeleton className="h-48" />
  return <ConnectCard state={state} />
}
