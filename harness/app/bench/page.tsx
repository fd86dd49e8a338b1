import type { Metadata } from 'next'
import { BenchPanel } from '@/components/bench/bench-panel'
import { RequireIdentity } from '@/components/identity/require-identity'
import { Page } from '@/components/shell/page'

export const metadata: Metadata = { title: 'Benchmark' }

export default function BenchPage() {
  return (
    <Page title="Benchmark" description="Requests, bytes and times of this browser against the portal.">
      <RequireIdentity>
        <BenchPanel />
      </RequireIdentity>
    </Page>
  )
}
