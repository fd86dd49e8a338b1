import type { Sdk } from '@s5-conversations/sdk-core'
import type { Observers } from '@s5-conversations/sdk-core/observers'
import { createContext, useContext } from 'react'

/** The SDK as far as it is there. */
export interface SdkState {
  /** `failed`: the promise that the provider was given rejected; `error` says why. */
  status: 'loading' | 'ready' | 'failed'
  sdk?: Sdk
  error?: unknown
}

export interface SdkContextValue {
  state: SdkState
  /** Those of who is signed in; absent until there is an SDK. */
  observers: Observers | undefined
  /** Resolves with the observers once there is an SDK; rejects as the promise that the provider was given. */
  whenReady(): Promise<Observers>
}

export const SdkContext = createContext<SdkContextValue | undefined>(undefined)

/** @throws Error where no `SdkProvider` is around */
export function useSdkContext(): SdkContextValue {
  const value = useContext(SdkContext)
  if (value === undefined) throw new Error('Put an <SdkProvider sdk={…}> around what uses the SDK')
  return value
}

/** The SDK of the provider around: `status` is `ready` once there is one. */
export function useSdk(): SdkState {
  return useSdkContext().state
}
