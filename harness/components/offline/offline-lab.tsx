'use client'

import { DatabaseZap } from 'lucide-react'
import { useHarness } from '@/lib/sdk/use-page-session'
import { EmptyState } from '../ui/empty-state'
import { ConnectionCard } from './connection-card'
import { OutboxCard } from './outbox-card'
import { ThreadCard } from './thread-card'

/** Writes without a network, and watches what becomes of it. */
export function OfflineLab() {
  const harness = useHarness()
  const { outbox } = harness.sdk
  if (outbox === undefined) {
    return (
      <EmptyState icon={<DatabaseZap />} title="This browser keeps nothing">
        It has no IndexedDB, so messages go to the portal directly.
      </EmptyState>
    )
  }
  return (
    <>
      <ConnectionCard portalUrl={harness.config.portalUrl} onBack={() => outbox.wake()} />
      <ThreadCard harness={harness} />
      <OutboxCard harness={harness} outbox={outbox} />
    </>
  )
}
