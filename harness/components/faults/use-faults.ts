import type { FaultPlan } from '@s5-conversations/s5-portal'
import { useCallback, useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { readFaults, setFaults } from '@/lib/lab/portal-faults'

/** The plan that is in force on the portal, as the portal says; `plan` is `undefined` until it has. */
export function useFaults(portalUrl: string) {
  const [plan, setPlan] = useState<FaultPlan>()
  const [problem, setProblem] = useState<string>()

  const show = useCallback(async (asked: Promise<FaultPlan>) => {
    try {
      setPlan(await asked)
      setProblem(undefined)
    } catch (error) {
      setProblem(describeError(error))
    }
  }, [])

  useEffect(() => {
    const controller = new AbortController()
    void readFaults(portalUrl, controller.signal).then(
      (read) => setPlan(read),
      (error) => controller.signal.aborted || setProblem(describeError(error)),
    )
    return () => controller.abort()
  }, [portalUrl])

  const set = useCallback((next: FaultPlan) => show(setFaults(portalUrl, next)), [portalUrl, show])
  return { plan, problem, set }
}
