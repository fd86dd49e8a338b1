'use client'

import { RefreshCw } from 'lucide-react'
import { formatDuration } from '@/lib/format'
import type { PortalHealth } from '@/lib/portal/portal-health'
import { usePortalHealth } from '@/lib/portal/use-portal-health'
import { useConfig } from '@/lib/use-config'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Fact, Facts } from '../ui/facts'

const BADGES = {
  asking: <Badge>Asking …</Badge>,
  reachable: <Badge tone="good">Reachable</Badge>,
  away: <Badge tone="danger">Does not answer</Badge>,
}

/** Whether the portal is there, and what it was asked. */
export function PortalCard() {
  const config = useConfig()
  const { state, ask } = usePortalHealth(config?.portalUrl)
  return (
    <Card
      title="Portal"
      description="Where sealed conversations lie"
      actions={<span role="status">{BADGES[state.status]}</span>}
    >
      <Facts>
        <Fact name="Address">
          <code className="truncate text-xs">{config?.portalUrl ?? '…'}</code>
        </Fact>
        {state.status === 'reachable' && <HealthFacts health={state.health} />}
      </Facts>
      {state.status === 'away' && (
        <div className="mt-4 flex flex-col items-start gap-3 text-sm">
          <p>
            Is it running? <code>npm start</code> starts it together with this page. What you write meanwhile
            is kept on this device.
          </p>
          <Button size="small" onClick={ask}>
            <RefreshCw />
            Try again
          </Button>
        </div>
      )}
    </Card>
  )
}

function HealthFacts({ health: { version, uptimeMs, requests } }: { health: PortalHealth }) {
  return (
    <>
      <Fact name="Version">{version}</Fact>
      <Fact name="Up for">{formatDuration(uptimeMs)}</Fact>
      <Fact name="Requests answered">
        <span className="tabular-nums">{requests.toLocaleString('en')}</span>
      </Fact>
    </>
  )
}
