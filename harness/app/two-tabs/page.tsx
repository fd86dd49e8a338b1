import '@s5-conversations/react/styles.css'
import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'
import { TwoClients } from '@/components/two-tabs/two-clients'

export const metadata: Metadata = { title: 'Two tabs' }

interface TwoTabsPageProps {
  searchParams: Promise<{ clients?: string | string[] }>
}

export default async function TwoTabsPage({ searchParams }: TwoTabsPageProps) {
  const { clients } = await searchParams
  return (
    <Page title="Two tabs" description="Two clients of one identity that save the same conversation.">
      <RequireIdentity>
        <TwoClients count={clients === '1' ? 1 : 2} />
      </RequireIdentity>
    </Page>
  )
}
