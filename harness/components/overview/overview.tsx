'use client'

import { lazy } from 'react'
import { usePageState } from '@/lib/sdk/use-page-session'
import { RequireIdentity } from '../identity/require-identity'
import { NextSteps } from './next-steps'
import { PortalCard } from './portal-card'

const SignedInCards = lazy(() => import('./signed-in-cards').then((m) => ({ default: m.SignedInCards })))

/** Who is new connects first; the rest explains itself. */
export function Overview() {
  const { status } = usePageState()
  return (
    <>
      {status !== 'ready' && <RequireIdentity>{null}</RequireIdentity>}
      <div className="grid items-start gap-6 md:grid-cols-2 lg:grid-cols-3">
        {status === 'ready' && (
          <RequireIdentity>
            <SignedInCards />
          </RequireIdentity>
        )}
        <PortalCard />
      </div>
      <NextSteps />
    </>
  )
}
