'use client'

import { SdkProvider } from '@s5-conversations/react'
import type { ReactNode } from 'react'
import type { Harness } from '@/lib/sdk/harness'
import { NotificationToasts } from './notification-toasts'

/** What needs an SDK stands in here. */
export function SignedIn({ harness, children }: { harness: Harness; children: ReactNode }) {
  return (
    <SdkProvider sdk={harness.sdk}>
      {children}
      <NotificationToasts notifications={harness.sdk.notifications} />
    </SdkProvider>
  )
}
