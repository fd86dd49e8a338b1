'use client'

import type { StorageStats } from '@s5-conversations/sdk-core'
import { useEffect, useState } from 'react'
import { useHarness } from './use-page-session'

const EVERY_MS = 500

/** The counters of the SDK, read twice a second. */
export function useStats(): StorageStats {
  const { sdk } = useHarness()
  const [stats, setStats] = useState(() => sdk.storage.getStats())
  useEffect(() => {
    const timer = setInterval(() => setStats(sdk.storage.getStats()), EVERY_MS)
    return () => clearInterval(timer)
  }, [sdk])
  return stats
}
