'use client'

import { formatBytes } from '@/lib/format'
import { useHarness } from '@/lib/sdk/use-page-session'
import { useStats } from '@/lib/sdk/use-stats'
import { SyncBadge } from '../sync/sync-badge'
import { Card } from '../ui/card'
import { Fact, Facts } from '../ui/facts'
import { IdentityCard } from './identity-card'

export function SignedInCards() {
  const harness = useHarness()
  return (
    <>
      <IdentityCard harness={harness} />
      <CountersCard />
    </>
  )
}

/** What this page has done since it was loaded. */
function CountersCard() {
  const { saves, conflicts, retries, merges, rollbacks, requests, bytesUp, bytesDown } = useStats()
  const counts = {
    Saves: saves,
    Conflicts: conflicts,
    Retries: retries,
    Merges: merges,
    Rollbacks: rollbacks,
    Requests: requests,
  }
  return (
    <Card title="This page" description="Since it was loaded" actions={<SyncBadge />}>
      <Facts>
        {Object.entries(counts).map(([name, count]) => (
          <Fact key={name} name={name}>
            <span className="tabular-nums">{count}</span>
          </Fact>
        ))}
        <Fact name="Sent">{formatBytes(bytesUp)}</Fact>
        <Fact name="Received">{formatBytes(bytesDown)}</Fact>
      </Facts>
    </Card>
  )
}
