import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Overview' }

export default function OverviewPage() {
  return (
    <Page title="Overview" description="The portal, who you are, and what this page has done so far.">
      <RequireIdentity>
        <p />
      </RequireIdentity>
    </Page>
  )
}
