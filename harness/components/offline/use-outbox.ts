import type { FailedSave, Sdk, SyncStatus } from '@s5-conversations/sdk-core'
import { useEffect, useState } from 'react'

/** What this device has still to send, and what it had to put aside. */
export function useOutbox({ outbox }: Sdk) {
  const [status, setStatus] = useState<SyncStatus>()
  const [failed, setFailed] = useState<readonly FailedSave[]>([])
  useEffect(() => {
    let isShown = true
    const stop = outbox?.subscribe(async (now) => {
      setStatus(now)
      const aside = await outbox.listFailed().catch(() => undefined)
      if (isShown && aside !== undefined) setFailed(aside)
    })
    return () => {
      isShown = false
      stop?.()
    }
  }, [outbox])
  return { status, failed }
}
