import type { Sdk } from '@s5-conversations/sdk-core'
import { useEffect, useState } from 'react'
import { type Counts, countsBetween, sumOfStats } from '@/lib/lab/stats'

const INTERVAL_MS = 1000
/** How many points the picture has. */
const KEPT = 60

interface Traffic {
  total: Counts | undefined
  /** What happened in each second, the last one at the end. */
  seconds: readonly Counts[]
}

/** Counts what `sdks` do, second by second. */
export function useTraffic(sdks: readonly Sdk[]): Traffic {
  const [traffic, setTraffic] = useState<Traffic>({ total: undefined, seconds: [] })
  useEffect(() => {
    let before = sumOfStats(sdks)
    setTraffic(({ seconds }) => ({ total: before, seconds }))
    const timer = setInterval(() => {
      const total = sumOfStats(sdks)
      const second = countsBetween(before, total)
      before = total
      setTraffic(({ seconds }) => ({ total, seconds: [...seconds, second].slice(-KEPT) }))
    }, INTERVAL_MS)
    return () => clearInterval(timer)
  }, [sdks])
  return traffic
}
