'use client'

import type { SharedList } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useState } from 'react'
import { useHarness } from '../sdk/use-page-session'

export type Share = SharedList['byMe'][number]

export interface Shares {
  /** Of this conversation; those that could not be read are missing. */
  shares: readonly Share[]
  /** Gives what the recipient opens. @throws as `shareConversation` */
  share(to: string, write: boolean): Promise<string>
  /** @throws as `revokeShare` */
  revoke(to: string): Promise<void>
}

/** With whom a conversation is shared. */
export function useShares(conversationId: string): Shares {
  const { storage } = useHarness().sdk
  const [all, setAll] = useState<readonly Share[]>([])
  const refresh = useCallback(() => {
    storage.listShared().then(
      ({ byMe }) => setAll(byMe),
      () => {}, // The list comes with the next share; sharing says itself what is wrong.
    )
  }, [storage])
  useEffect(refresh, [refresh])
  return {
    shares: all.filter((share) => share.conversationId === conversationId),
    share: async (to, write) => {
      const capability = await storage.shareConversation(conversationId, { to, write })
      refresh()
      return capability
    },
    revoke: async (to) => {
      await storage.revokeShare(conversationId, { to })
      refresh()
    },
  }
}
