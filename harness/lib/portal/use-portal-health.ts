'use client'

import { useCallback, useEffect, useState } from 'react'
import { fetchHealth, type PortalHealth } from './portal-health'

const EVERY_MS = 3_000

export type PortalState =
  | { status: 'asking' }
  | { status: 'reachable'; health: PortalHealth }
  | { status: 'away' }

/** How the portal is, asked again every few seconds while the page is seen. */
export function usePortalHealth(portalUrl: string | undefined): { state: PortalState; ask(): void } {
  const [state, setState] = useState<PortalState>({ status: 'asking' })
  const ask = useCallback(() => {
    if (portalUrl === undefined || document.hidden) return
    fetchHealth(portalUrl).then(
      (health) => setState({ status: 'reachable', health }),
      () => setState({ status: 'away' }),
    )
  }, [portalUrl])
  useEffect(() => {
    ask()
    const timer = setInterval(ask, EVERY_MS)
    return () => clearInterval(timer)
  }, [ask])
  return { state, ask }
}
