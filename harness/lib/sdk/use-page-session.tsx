'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { installTestHook } from '../test-hook'
import type { Harness } from './harness'
import { type PageState, pageSession } from './page-session'

const STARTING: PageState = { status: 'starting' }

/** Who is signed in to this page. */
export function usePageState(): PageState {
  return useSyncExternalStore(pageSession.subscribe, pageSession.getState, () => STARTING)
}

/** The SDK of this page. @throws Error outside of `RequireIdentity` */
export function useHarness(): Harness {
  const state = usePageState()
  if (state.status !== 'ready') throw new Error('useHarness belongs into RequireIdentity')
  return state.harness
}

/** Signs in who was here before. */
export function StartSession() {
  useEffect(() => {
    installTestHook()
    void pageSession.start()
  }, [])
  return null
}
