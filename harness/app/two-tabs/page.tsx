import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Two tabs' }

export default function TwoTabsPage() {
  return (
    <Page title="Two tabs" description="Two clients of one identity that save the same conversation.">
      <RequireIdentity>
        <p />
      </RequireIdentity>
    </Page>
  )
}
