'use client'

import { usePageState } from '@/lib/sdk/use-page-session'
import { Badge } from '../ui/badge'
import { shortAddress } from './short-address'

/** Who is signed in, in a few letters. */
export function IdentityBadge() {
  const state = usePageState()
  if (state.status === 'starting') return null
  if (state.status !== 'ready') return <Badge>Signed out</Badge>
  const { address } = state.harness
  return <Badge tone="good">{address === undefined ? 'Recovery phrase' : shortAddress(address)}</Badge>
}
