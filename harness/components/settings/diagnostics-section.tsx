'use client'

import { diagnosticReport } from '@/lib/diagnostics'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'

export function DiagnosticsSection() {
  const harness = useHarness()
  return (
    <Card
      title="Diagnostics"
      description="A report for who helps you: counters, versions and states. No key, no title, no word of a conversation."
    >
      <CopyButton text={() => diagnosticReport(harness)} data-testid="copy-diagnostics">
        Copy the report
      </CopyButton>
    </Card>
  )
}
