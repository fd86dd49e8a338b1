'use client'

import type { AuthState } from '@s5-conversations/sdk-core'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { Harness } from './harness'

/** Where this page is with its SDK. `auth` says who is signed in. */
export type HarnessState =
  | { status: 'starting' }
  | { status: 'failed'; error: unknown; retry(): void }
  | { status: 'ready'; harness: Harness; auth: AuthState }

/** A wallet of which the portal knows nothing, until somebody says whether it is new. */
export interface NewIdentityQuestion {
  address: string
  answer(isNew: boolean): void
}

const Context = createContext<{ state: HarnessState; question: NewIdentityQuestion | undefined }>({
  state: { status: 'starting' },
  question: undefined,
})

export function useHarnessState(): HarnessState {
  return useContext(Context).state
}

export function useNewIdentityQuestion(): NewIdentityQuestion | undefined {
  return useContext(Context).question
}

/** The SDK of this page. @throws Error outside of `RequireIdentity` */
export function useHarness(): Harness {
  const state = useHarnessState()
  if (state.status !== 'ready') throw new Error('useHarness belongs into RequireIdentity')
  return state.harness
}

/** Opens the SDK once for all pages, signs in who was here before, and closes it with the page. */
export function HarnessProvider({ children }: { children: ReactNode }) {
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<HarnessState>({ status: 'starting' })
  const [question, setQuestion] = useState<NewIdentityQuestion>()
  const retry = useCallback(() => setAttempt((before) => before + 1), [])

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    setState({ status: 'starting' })
    const opening = openHarness(setQuestion, signal, (harness, auth) => {
      if (!signal.aborted) setState({ status: 'ready', harness, auth })
    })
    opening.catch((error: unknown) => {
      if (!signal.aborted) setState({ status: 'failed', error, retry })
    })
    return () => {
      controller.abort()
      opening.then((harness) => harness.sdk.close()).catch(() => {})
    }
  }, [attempt, retry])

  const value = useMemo(() => ({ state, question }), [state, question])
  return <Context value={value}>{children}</Context>
}

async function openHarness(
  ask: (question: NewIdentityQuestion | undefined) => void,
  signal: AbortSignal,
  tell: (harness: Harness, auth: AuthState) => void,
): Promise<Harness> {
  const harness = await Harness.open((address) => askWhetherNew(address, ask), signal)
  harness.sdk.auth.subscribe((auth) => tell(harness, auth))
  // Who cannot be signed in again is asked to sign in: the reason shows there.
  await harness.signInAgain().catch(() => {})
  tell(harness, harness.sdk.auth.getState())
  return harness
}

function askWhetherNew(
  address: string,
  ask: (question: NewIdentityQuestion | undefined) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (isNew: boolean) => {
      ask(undefined)
      resolve(isNew)
    }
    ask({ address, answer })
  })
}
