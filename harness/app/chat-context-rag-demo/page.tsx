import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Chat' }

export default function ChatPage() {
  return (
    <Page title="Chat" description="Conversations that are yours, on S5.">
      <RequireIdentity>
        <p />
      </RequireIdentity>
    </Page>
  )
}
