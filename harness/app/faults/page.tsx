import type { Metadata } from 'next'
import { FaultLab } from '@/components/faults/fault-lab'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Faults' }

export default function FaultsPage() {
  return (
    <Page title="Faults" description="Break the portal in every way it can break, and watch the SDK cope.">
      <RequireIdentity>
        <FaultLab />
      </RequireIdentity>
    </Page>
  )
}
