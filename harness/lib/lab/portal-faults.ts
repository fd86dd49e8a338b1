import type { FaultPlan } from '@s5-conversations/s5-portal'

/** The plan that is in force. @throws Error where the portal does not answer, or was started without faults */
export async function readFaults(portalUrl: string, signal?: AbortSignal): Promise<FaultPlan> {
  const answer = await fetch(faultsOf(portalUrl), { cache: 'no-store', ...(signal && { signal }) })
  if (answer.status === 404) throw new Error('This portal was started without --faults.')
  await refuseFailure(answer)
  return answer.json()
}

/** Puts `plan` in the place of the one before; an empty one lets everything be well. @throws as {@link readFaults} */
export async function setFaults(portalUrl: string, plan: FaultPlan): Promise<FaultPlan> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(plan)
  await refuseFailure(await fetch(faultsOf(portalUrl), { method: 'POST', headers, body }))
  return readFaults(portalUrl)
}

async function refuseFailure(answer: Response): Promise<void> {
  if (answer.ok) return
  const { detail } = (await answer.json().catch(() => ({}))) as { detail?: string }
  throw new Error(detail ?? `The portal answered ${answer.status}.`)
}

function faultsOf(portalUrl: string): string {
  return new URL('/faults', portalUrl).href
}
