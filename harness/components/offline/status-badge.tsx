import type { SaveStatus } from '@s5-conversations/sdk-core'
import { Badge, type Tone } from '../ui/badge'

const TONES: Record<SaveStatus, Tone> = {
  'saved locally': 'warning',
  syncing: 'neutral',
  saved: 'good',
  failed: 'danger',
}

export function StatusBadge({ status }: { status: SaveStatus | undefined }) {
  if (status === undefined) return <Badge>elsewhere</Badge>
  return <Badge tone={TONES[status]}>{status}</Badge>
}
