import type { AuthState } from '@s5-conversations/sdk-core'
import { describeError } from '../describe-error'
import { Harness } from './harness'
import type { Identity } from './identity'
import { forgetIdentity, recallIdentity, rememberIdentity } from './remembered-identity'

/** Who is signed in to this page. */
export type PageState =
  | { status: 'starting' }
  /** `problem` says why, where that was nobody's wish. `again` is who was to be signed in. */
  | { status: 'signed-out'; problem?: string; again?: Identity }
  | { status: 'signing'; question?: NewIdentityQuestion }
  | { status: 'ready'; harness: Harness }

/** A wallet of which the portal knows nothing, until somebody says whether it is new. */
export interface NewIdentityQuestion {
  address: string
  answer(isNew: boolean): void
}

const PROBLEMS = {
  'sign-out': undefined,
  'account-changed': 'Your wallet has turned to another account.',
  'wallet-gone': 'Your wallet was disconnected.',
}

/** Signs in and out. There is one for each page: see `pageSession`. */
export class PageSession {
  readonly #listeners = new Set<() => void>()
  #state: PageState = { status: 'starting' }

  getState = (): PageState => this.#state

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Signs in who was signed in on this device before. */
  async start(): Promise<void> {
    if (this.#state.status !== 'starting') return
    const identity = await recallIdentity().catch(() => undefined)
    if (this.#state.status !== 'starting') return
    if (identity === undefined) this.#set({ status: 'signed-out' })
    else await this.#open(identity)
  }

  /** What goes wrong shows in the state. */
  async signIn(identity: Identity): Promise<void> {
    await this.#leave()
    this.#set({ status: 'signing' })
    await this.#open(identity)
  }

  /** Signs out, and forgets on this device who it was. What is stored stays. */
  async signOut(): Promise<void> {
    await forgetIdentity()
    await this.#leave()
  }

  async #open(identity: Identity): Promise<void> {
    let isNew = false
    const confirmNew = async (address: string) => {
      isNew = await this.#isNew(identity, address)
      return isNew
    }
    try {
      const harness = await Harness.open(identity, confirmNew)
      await rememberIdentity(identity, isNew)
      harness.sdk.auth.subscribe((auth) => this.#follow(auth))
      this.#set({ status: 'ready', harness })
    } catch (error) {
      this.#set({ status: 'signed-out', problem: describeError(error), again: identity })
    }
  }

  async #leave(problem?: string): Promise<void> {
    const state = this.#state
    this.#set({ status: 'signed-out', ...(problem === undefined ? {} : { problem }) })
    if (state.status === 'ready') await state.harness.sdk.close()
  }

  #isNew(identity: Identity, address: string): Promise<boolean> {
    if (identity.kind === 'development-wallet' && identity.isNew) return Promise.resolve(true)
    return new Promise((resolve) => {
      const answer = (isNew: boolean) => {
        this.#set({ status: 'signing' })
        resolve(isNew)
      }
      this.#set({ status: 'signing', question: { address, answer } })
    })
  }

  #follow(auth: AuthState): void {
    if (auth.status === 'signed-out' && this.#state.status === 'ready') {
      void this.#leave(PROBLEMS[auth.reason ?? 'sign-out'])
    }
  }

  #set(state: PageState): void {
    this.#state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

export const pageSession = new PageSession()
