import type { Observed, Observers } from '@s5-conversations/sdk-core/observers'
import { useCallback, useSyncExternalStore } from 'react'
import { useSdkContext } from './context'

/**
 * The snapshot of what `find` gives, and of `empty` on a server and until there is an SDK.
 * @param find stays the same function as long as it finds the same
 */
export function useObserved<T>(find: (observers: Observers) => Observed<T>, empty: T): T {
  const { observers } = useSdkContext()
  const subscribe = useCallback(
    (listener: () => void) => (observers === undefined ? () => {} : find(observers).subscribe(listener)),
    [observers, find],
  )
  const snapshot = () => (observers === undefined ? empty : find(observers).getSnapshot())
  return useSyncExternalStore(subscribe, snapshot, () => empty)
}
