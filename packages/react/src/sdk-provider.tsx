import type { Sdk } from '@s5-conversations/sdk-core'
import { observersOf } from '@s5-conversations/sdk-core/observers'
import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { SdkContext, type SdkContextValue, type SdkState } from './context'

export interface SdkProviderProps {
  /**
   * An SDK, or the promise of one, made outside of rendering. Whoever made it closes it. Another one may be given at
   * any time: until a new promise resolves, the SDK before stays.
   */
  sdk: Sdk | Promise<Sdk>
  children?: ReactNode
}

/** Gives an SDK to all hooks below. Several may stand beside and inside each other. */
export function SdkProvider({ sdk: source, children }: SdkProviderProps) {
  const state = useSettled(source)
  const { sdk } = state
  const storage = useStorageOf(sdk)
  const value = useMemo<SdkContextValue>(
    () => ({
      state,
      // What is observed is that of who is signed in.
      observers: storage && sdk && observersOf(sdk),
      whenReady: async () => observersOf(await source),
    }),
    [state, storage, sdk, source],
  )
  return <SdkContext value={value}>{children}</SdkContext>
}

function useSettled(source: Sdk | Promise<Sdk>): SdkState {
  const [settled, setSettled] = useState<SdkState>({ status: 'loading' })
  useEffect(() => {
    if (!(source instanceof Promise)) return
    let isCurrent = true
    const set = (state: SdkState) =>
      isCurrent && setSettled((known) => (known.sdk === state.sdk ? known : state))
    source.then(
      (sdk) => set({ status: 'ready', sdk }),
      (error: unknown) => isCurrent && setSettled({ status: 'failed', error }),
    )
    return () => {
      isCurrent = false
    }
  }, [source])
  return useMemo(
    () => (source instanceof Promise ? settled : { status: 'ready', sdk: source }),
    [source, settled],
  )
}

/** Another one after each sign-in and sign-out. */
function useStorageOf(sdk: Sdk | undefined) {
  const subscribe = useCallback((listener: () => void) => sdk?.auth.subscribe(listener) ?? (() => {}), [sdk])
  const storageOf = () => sdk?.storage
  return useSyncExternalStore(subscribe, storageOf, storageOf)
}
