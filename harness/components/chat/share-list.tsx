'use client'

import { toast } from 'sonner'
import type { Share } from '@/lib/chat/use-shares'
import { describeError } from '@/lib/describe-error'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'

interface ShareListProps {
  shares: readonly Share[]
  onRevoke(to: string): Promise<void>
}

/** With whom a conversation is shared. */
export function ShareList({ shares, onRevoke }: ShareListProps) {
  if (shares.length === 0) return null
  const revoke = (to: string) => onRevoke(to).catch((error: unknown) => toast.error(describeError(error)))
  return (
    <section aria-label="Shared with" className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">Shared with</h3>
      <ul className="flex flex-col gap-1">
        {shares.map(({ to, write }) => (
          <li key={to} className="flex items-center gap-2 text-sm">
            <code className="min-w-0 flex-1 truncate text-xs">{to}</code>
            <Badge>{write ? 'May write' : 'Reads'}</Badge>
            <Button size="small" variant="danger" onClick={() => void revoke(to)}>
              Take back
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
