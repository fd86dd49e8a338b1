import { deleteAll, exportAll, type ProgressOptions } from '../auth/all-conversations'
import { type AuthState, type AuthStats, ObservedAuthState, type SignedOutReason } from '../auth/auth-state'
import { CurrentAccount } from '../auth/current-account'
import { createMemoryStorage } from '../auth/device-storage'
import type { IdentityAccount, OpenAccount } from '../auth/identity-account'
import { moveConversations } from '../auth/move-conversations'
import { createMoveSource } from '../auth/move-source'
import { type SignedIn, type SignInInput, signIn } from '../auth/sign-in'
import type { WalletOptions } from '../auth/wallet-options'
import type { WalletSignInOptions } from '../auth/wallet-sign-in'
import type { Conversation } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { InvalidInputError } from '../errors/input-errors'
import { AuthStateError } from '../errors/wallet-errors'
import type { Logger } from '../observe/log'
import { forgetSessions } from '../session/session-index'
import { eitherSignal } from '../storage/either-signal'
import type { ReadOptions } from '../storage/load-options'
import type { StorageManager } from './StorageManager'

const WALLET_TIMEOUT_MS = 300_000

/** One identity with its storage. */
export interface StorageAccount extends IdentityAccount {
  readonly storage: StorageManager
}

/** What is used while nobody is signed in; `isKept` tells whether it keeps anything. */
export interface SignedOutStorage {
  readonly storage: StorageManager
  readonly isKept: boolean
}

export interface AuthStateManagerOptions extends WalletOptions {
  openAccount: OpenAccount<StorageAccount>
  signedOut: SignedOutStorage
  /** Signed in from the start. */
  account?: StorageAccount
  log: Logger
}

/**
 * Who is signed in: `signed-out → signing → ready`, and back. Each identity has a `StorageManager` of its
 * own; signing out closes it, with its caches, timers and keys.
 */
export class AuthStateManager {
  readonly #options: AuthStateManagerOptions
  readonly #openOptions: Omit<WalletSignInOptions<StorageAccount>, 'signal'>
  readonly #state: ObservedAuthState
  readonly #current: CurrentAccount<StorageAccount>
  readonly #stats: AuthStats = { signIns: 0, signOuts: 0, conversationsMoved: 0 }
  #signing: { controller: AbortController; result: Promise<AuthState> } | undefined
  #isClosed = false
  #lastStorage: StorageManager | undefined

  constructor(options: AuthStateManagerOptions) {
    this.#options = options
    this.#openOptions = {
      openAccount: options.openAccount,
      device: options.deviceStorage ?? createMemoryStorage(),
      confirmNewIdentity: (address) => options.confirmNewIdentity?.(address) ?? false,
      timeoutMs: options.walletTimeoutMs ?? WALLET_TIMEOUT_MS,
    }
    this.#current = new CurrentAccount(options.account)
    this.#state = new ObservedAuthState(
      { status: options.account === undefined ? 'signed-out' : 'ready' },
      options.log,
    )
  }

  /** The storage of who is signed in, or the one for what is written while nobody is; once closed, the last one. */
  get storage(): StorageManager {
    return this.#lastStorage ?? this.#current.get()?.storage ?? this.#options.signedOut.storage
  }

  /** Who is signed in now. */
  getState(): AuthState {
    return this.#state.get()
  }

  /** Counts since the SDK was created. */
  getStats(): AuthStats {
    return { ...this.#stats }
  }

  /** Calls back after each change of state, until the function that it gives back is called. */
  subscribe(listener: (state: AuthState) => void): () => void {
    return this.#state.subscribe(listener)
  }

  /** Signs in with the signer of `createSdk`, if there is one and nobody is; joins a sign-in under way. */
  async initialize(): Promise<AuthState> {
    if (this.#signing !== undefined) return this.#signing.result
    if (this.getState().status === 'ready' || this.#options.signer === undefined) return this.getState()
    return this.signIn()
  }

  /**
   * Signs in; without `input` with the signer of `createSdk`. What was written while signed out moves to the
   * identity before this resolves; what could not move yet waits for the next sign-in.
   * @throws SignatureRejectedError, SignerFailedError, SignerNotDeterministicError, UnsupportedWalletError,
   * AccountChangedError, NewIdentityError, StoreUnavailableError, InvalidInputError, AuthStateError (not
   * signed out), or the reason of the signal; nobody is signed in then
   */
  async signIn(input?: SignInInput, { signal }: ReadOptions = {}): Promise<AuthState> {
    if (this.#isClosed) throw new ClosedError()
    if (this.getState().status !== 'signed-out') throw new AuthStateError('somebody is signed in already')
    const chosen = input ?? this.#defaultInput()
    const controller = new AbortController()
    const either = eitherSignal(controller.signal, signal)
    const result = this.#run(chosen, either).finally(() => {
      this.#signing = undefined
    })
    this.#signing = { controller, result }
    this.#state.set({ status: 'signing' })
    return result
  }

  /**
   * Signs out, or ends a sign-in under way: waits for saves, then overwrites the keys and lets go of caches,
   * timers, connections and the wallet. What is stored stays.
   */
  signOut(): Promise<void> {
    return this.#end('sign-out')
  }

  /** Every conversation of who is signed in, one at a time. @throws as `loadConversation` */
  exportAll(options?: ProgressOptions): AsyncGenerator<Conversation, void, void> {
    return exportAll(this.storage, options)
  }

  /** Deletes every conversation of who is signed in, and their sessions. May be stopped by its signal, and called again. */
  async deleteAllData(options: ProgressOptions = {}): Promise<void> {
    const { storage } = this
    await deleteAll(storage, options)
    await forgetSessions(storage, options.signal === undefined ? {} : { signal: options.signal })
  }

  /** Signs out for good, and closes the storage of the time in between. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#lastStorage ??= this.storage
    await this.#end('sign-out')
    await this.#options.signedOut.storage.close()
    this.#state.close()
  }

  #defaultInput(): SignInInput {
    const { signer } = this.#options
    if (signer === undefined) throw new InvalidInputError('signer', 'sign in with a signer or a seedPhrase')
    return { signer }
  }

  async #run(input: SignInInput, signal: AbortSignal): Promise<AuthState> {
    try {
      const { address } = await this.#enter(input, signal)
      this.#stats.signIns += 1
      return this.#state.set({ status: 'ready', ...(address === undefined ? {} : { address }) })
    } catch (error) {
      await this.#current.leave()
      this.#state.set({ status: 'signed-out' })
      throw error
    }
  }

  async #enter(input: SignInInput, signal: AbortSignal): Promise<SignedIn<StorageAccount>> {
    const signedIn = await signIn(input, { ...this.#openOptions, signal })
    this.#current.set(signedIn.account)
    if ('signer' in input) {
      this.#current.watch(input.signer, signedIn.address, (reason) => this.#endSoon(reason))
    }
    if (this.#options.signedOut.isKept) await this.#moveTo(signedIn.account, signal)
    signal.throwIfAborted()
    return signedIn
  }

  async #moveTo(account: StorageAccount, signal: AbortSignal): Promise<void> {
    try {
      const source = createMoveSource(this.#options.signedOut.storage)
      const { moved } = await moveConversations(source, account.storage, signal)
      this.#stats.conversationsMoved += moved
    } catch (error) {
      signal.throwIfAborted()
      this.#options.log.warn({ error }, 'What was written while signed out could not all be moved yet')
    }
  }

  #endSoon(reason: SignedOutReason): void {
    this.#end(reason).catch((error: unknown) => this.#options.log.warn({ error }, 'Signing out failed'))
  }

  async #end(reason: SignedOutReason): Promise<void> {
    if (this.#signing !== undefined) {
      this.#signing.controller.abort(new AuthStateError('signed out during sign-in'))
      await this.#signing.result.catch(() => {})
    }
    if (this.getState().status !== 'ready') return
    const left = this.#current.leave()
    this.#stats.signOuts += 1
    this.#state.set({ status: 'signed-out', reason })
    await left
  }
}
