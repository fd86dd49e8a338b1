import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { OfflineLab } from '@/components/offline/offline-lab'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Offline' }

export default function OfflinePage() {
  return (
    <Page title="Offline" description="What is written without a network, and what becomes of it.">
      <RequireIdentity>
        <OfflineLab />
      </RequireIdentity>
    </Page>
  )
}
