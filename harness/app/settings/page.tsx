import type { Metadata } from 'next'
import { SettingsPage } from '@/components/settings/settings-page'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Settings' }

export default function Settings() {
  return (
    <Page title="Settings" description="Your identity, your data, and how to take both with you.">
      <SettingsPage />
    </Page>
  )
}
