import type { Metadata } from 'next'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Settings' }

export default function SettingsPage() {
  return (
    <Page title="Settings" description="Your identity, your data, and how to take both with you.">
      <RequireIdentity>
        <p />
      </RequireIdentity>
    </Page>
  )
}
