'use client'

import { DataSection } from './data-section'
import { DiagnosticsSection } from './diagnostics-section'
import { IdentitySection } from './identity-section'
import { ResetSection } from './reset-section'

export function Settings() {
  return (
    <>
      <IdentitySection />
      <DataSection />
      <DiagnosticsSection />
      <ResetSection />
    </>
  )
}
