import type { SyncStatus } from '@s5-conversations/sdk-core'
import { ALL_SAVED, type Observers } from '@s5-conversations/sdk-core/observers'
import { useObserved } from './use-observed'

const find = ({ syncStatus }: Observers) => syncStatus

/** What this device has still to send. All is `saved` where saves go to the network by themselves. */
export function useSyncStatus(): SyncStatus {
  return useObserved(find, ALL_SAVED)
}
