'use client'

import { StaleSessionBanner } from '@s5-conversations/react'
import { ExternalLink } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useLeaveWarning } from '@/lib/chat/use-leave-warning'
import { useAction } from '@/lib/lab/use-action'
import { useClients } from '@/lib/lab/use-clients'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Problem } from '../lab/problem'
import { Skeleton } from '../ui/skeleton'
import { ClientPane } from './client-pane'
import { type Pane, unsavedText } from './use-pane'

const NAMES = ['Client A', 'Client B']

/** Clients of one identity side by side, each like another device; or `count` of them. */
export function TwoClients({ count }: { count: number }) {
  const { clients, open } = useClients(useHarness())
  const { run, problem } = useAction(async () => void (await open(count)))
  useEffect(() => void run(), [open])
  const [panes, setPanes] = useState<Readonly<Record<string, Pane>>>({})
  const keep = useCallback(
    (name: string, pane: Pane) => setPanes((known) => ({ ...known, [name]: pane })),
    [],
  )
  const all = Object.values(panes)
  const stale = all.filter(({ state }) => state.status === 'stale')
  useLeaveWarning(all.some(({ state }) => state.isDirty))
  const refresh = useCallback(async () => {
    await Promise.all(stale.map(({ load }) => load()))
  }, [stale])
  return (
    <>
      <StaleSessionBanner
        unsavedWork={stale.map(({ state }) => unsavedText(state)).join('\n\n')}
        onRefresh={refresh}
      />
      <Problem text={problem} />
      <div className="grid items-start gap-6 md:grid-cols-2">
        {clients.length === 0 && problem === undefined && <Skeleton className="h-64 md:col-span-2" />}
        {clients.map((sdk, i) => (
          <ClientPane key={NAMES[i]} name={NAMES[i] ?? ''} sdk={sdk} onChange={keep} />
        ))}
      </div>
      <p className="text-sm text-muted">
        Or have them in two tabs:{' '}
        <a
          href="/two-tabs?clients=1"
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
        >
          open another client in a new tab <ExternalLink className="size-3.5" aria-hidden />
        </a>
      </p>
    </>
  )
}
