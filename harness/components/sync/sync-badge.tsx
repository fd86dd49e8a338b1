'use client'

import { useSyncStatus } from '@s5-conversations/react'
import type { SyncStatus } from '@s5-conversations/sdk-core'
import { Badge, type Tone } from '../ui/badge'

const TEXTS: Record<SyncStatus['status'], { tone: Tone; text: string }> = {
  saved: { tone: 'good', text: 'All saved' },
  syncing: { tone: 'neutral', text: 'Saving …' },
  'saved locally': { tone: 'warning', text: 'Saved on this device' },
  failed: { tone: 'danger', text: 'Not saved' },
}

/** Where everything that was written here is. */
export function SyncBadge() {
  const { status, waiting } = useSyncStatus()
  const { tone, text } = TEXTS[status]
  return (
    <span role="status" data-testid="sync-status" data-status={status}>
      <Badge tone={tone}>
        {text}
        {waiting > 0 && ` · ${waiting} to send`}
      </Badge>
    </span>
  )
}
