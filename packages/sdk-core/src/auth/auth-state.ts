import type { Logger } from '../observe/log'

/** Why nobody is signed in any more. */
export type SignedOutReason = 'sign-out' | 'account-changed' | 'wallet-gone'

/**
 * Who is signed in. `address` is that of the wallet, with its checksum; a phrase has none. `reason` is absent
 * where nobody was signed in.
 */
export type AuthState =
  | { status: 'signed-out'; reason?: SignedOutReason }
  | { status: 'signing' }
  | { status: 'ready'; address?: string }

/** Counts since the SDK was created. */
export interface AuthStats {
  signIns: number
  signOuts: number
  /** Conversations written while signed out that moved to the identity that signed in. */
  conversationsMoved: number
}

/** The current state, and who wants to hear of it. */
export class ObservedAuthState {
  readonly #listeners = new Set<(state: AuthState) => void>()
  readonly #log: Logger
  #state: AuthState

  constructor(initial: AuthState, log: Logger) {
    this.#state = initial
    this.#log = log
  }

  get(): AuthState {
    return this.#state
  }

  set(state: AuthState): AuthState {
    this.#state = state
    for (const listener of [...this.#listeners]) this.#tell(listener, state)
    return state
  }

  subscribe(listener: (state: AuthState) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
  }

  #tell(listener: (state: AuthState) => void, state: AuthState): void {
    try {
      listener(state)
    } catch (error) {
      this.#log.warn({ error }, 'A listener of the sign-in state failed')
    }
  }
}
