'use client'

import { useEffect, useState } from 'react'
import { fetchConfig, type HarnessConfig } from './config'

/** The configuration, once it is there. */
export function useConfig(): HarnessConfig | undefined {
  const [config, setConfig] = useState<HarnessConfig>()
  useEffect(() => {
    let isCurrent = true
    fetchConfig().then(
      (found) => isCurrent && setConfig(found),
      () => {}, // Without its own server the page is about to be reloaded anyway.
    )
    return () => {
      isCurrent = false
    }
  }, [])
  return config
}
