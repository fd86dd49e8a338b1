'use client'

import { useSyncExternalStore } from 'react'
import { useFaults } from '../faults/use-faults'
import { Problem } from '../lab/problem'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { Switch } from '../ui/switch'

interface ConnectionCardProps {
  portalUrl: string
  /** Called when the portal can be reached again. */
  onBack(): void
}

/** Cuts this browser off from its portal, and joins them again. */
export function ConnectionCard({ portalUrl, onBack }: ConnectionCardProps) {
  const { plan, problem, set } = useFaults(portalUrl)
  const isOnline = useBrowserOnline()
  const isCut = plan?.refuse === true
  const cut = async (refuse: boolean) => {
    const { refuse: _, ...others } = plan ?? {}
    await set(refuse ? { ...others, refuse } : others)
    if (!refuse) onBack()
  }
  return (
    <Card
      title="Connection"
      description="Or use the browser's own: developer tools, Network, Offline."
      actions={
        isOnline ? (
          <Badge tone={isCut ? 'danger' : 'good'}>{isCut ? 'Cut off' : 'Connected'}</Badge>
        ) : (
          <Badge tone="danger">Browser offline</Badge>
        )
      }
    >
      <Problem text={problem} />
      <Switch
        label="The portal cannot be reached"
        hint="It closes every connection, like a machine that is off"
        checked={isCut}
        disabled={plan === undefined}
        onCheckedChange={cut}
      />
    </Card>
  )
}

function useBrowserOnline(): boolean {
  return useSyncExternalStore(
    listen,
    () => navigator.onLine,
    () => true,
  )
}

function listen(listener: () => void): () => void {
  const events = ['online', 'offline']
  for (const event of events) window.addEventListener(event, listener)
  return () => {
    for (const event of events) window.removeEventListener(event, listener)
  }
}
