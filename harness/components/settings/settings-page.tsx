'use client'

import { lazy } from 'react'
import { RequireIdentity } from '../identity/require-identity'

const Settings = lazy(() => import('./settings').then((m) => ({ default: m.Settings })))

export function SettingsPage() {
  return (
    <RequireIdentity>
      <Settings />
    </RequireIdentity>
  )
}
