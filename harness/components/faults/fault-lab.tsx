'use client'

import { useCallback, useMemo } from 'react'
import { useClients } from '@/lib/lab/use-clients'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Problem } from '../lab/problem'
import { Skeleton } from '../ui/skeleton'
import { FaultForm } from './fault-form'
import { ForceConflict } from './force-conflict'
import { PlanInForce } from './plan-in-force'
import { Traffic } from './traffic'
import { useFaults } from './use-faults'

/** The portal's faults, and what the SDK makes of them. */
export function FaultLab() {
  const harness = useHarness()
  const { plan, problem, set } = useFaults(harness.config.portalUrl)
  const { clients, open } = useClients(harness)
  const openWriters = useCallback(() => open(2), [open])
  const sdks = useMemo(() => [harness.sdk, ...clients], [harness, clients])
  return (
    <>
      <Problem text={problem} />
      {plan === undefined ? (
        problem === undefined && <Skeleton className="h-64" />
      ) : (
        <PlanInForce plan={plan} onApply={set} />
      )}
      <ForceConflict openWriters={openWriters} />
      <Traffic sdks={sdks} openWriters={openWriters} />
      {plan !== undefined && <FaultForm plan={plan} onApply={set} />}
    </>
  )
}
