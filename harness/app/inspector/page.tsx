import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Inspector } from '@/components/inspector/inspector'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Inspector' }

export default function InspectorPage() {
  return (
    <Page title="Inspector" description="How a conversation lies on S5, and whether all of it is intact.">
      <RequireIdentity>
        <Inspector />
      </RequireIdentity>
    </Page>
  )
}
