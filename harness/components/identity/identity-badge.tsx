'use client'

import { useHarnessState } from '@/lib/sdk/harness-context'
import { Badge } from '../ui/badge'
import { shortAddress } from './short-address'

/** Who is signed in, in a few letters. */
export function IdentityBadge() {
  const state = useHarnessState()
  if (state.status !== 'ready' || state.auth.status !== 'ready') return <Badge>Signed out</Badge>
  const { address } = state.auth
  return <Badge tone="good">{address === undefined ? 'Recovery phrase' : shortAddress(address)}</Badge>
}
