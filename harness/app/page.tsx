import type { Metadata } from 'next'
import { Overview } from '@/components/overview/overview'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Overview' }

export default function OverviewPage() {
  return (
    <Page
      title="Overview"
      description="Conversations that are yours: sealed to your key, kept on S5, never lost."
    >
      <Overview />
    </Page>
  )
}
