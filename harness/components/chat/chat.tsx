'use client'

import { lazy } from 'react'
import { usePageState } from '@/lib/sdk/use-page-session'
import { RequireIdentity } from '../identity/require-identity'
import { Page } from '../shell/page'

const ChatPage = lazy(() => import('./chat-page').then((m) => ({ default: m.ChatPage })))

/** The chat takes the whole window; before somebody is signed in it is a page like the others. */
export function Chat() {
  const { status } = usePageState()
  if (status === 'ready') {
    return (
      <RequireIdentity>
        <ChatPage />
      </RequireIdentity>
    )
  }
  return (
    <Page
      title="Chat"
      description="Conversations that are yours: sealed to your key, kept on S5, found by you alone."
    >
      <RequireIdentity>{null}</RequireIdentity>
    </Page>
  )
}
