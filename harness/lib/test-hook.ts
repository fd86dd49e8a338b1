import type { Sdk } from '@s5-conversations/sdk-core'
import { openDevelopmentWallet } from './sdk/development-wallet'
import { pageSession } from './sdk/page-session'

/** What automation finds as `window.s5Harness`, so that it need not click its way through a sign-in. */
export interface TestHook {
  /** Resolves when a development wallet is signed in, a new one too; gives its private key. */
  signInWithDevelopmentWallet(privateKey?: string): Promise<string>
  /** Of who is signed in. */
  sdk(): Sdk | undefined
}

declare global {
  interface Window {
    s5Harness?: TestHook
  }
}

export function installTestHook(): void {
  window.s5Harness = {
    signInWithDevelopmentWallet: async (privateKey) => {
      const wallet = await openDevelopmentWallet(privateKey)
      await pageSession.signIn({ ...wallet, isNew: true })
      return wallet.privateKey
    },
    sdk: () => {
      const state = pageSession.getState()
      return state.status === 'ready' ? state.harness.sdk : undefined
    },
  }
}
