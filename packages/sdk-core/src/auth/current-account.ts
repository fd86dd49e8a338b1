import type { SignedOutReason } from './auth-state'
import type { IdentityAccount } from './identity-account'
import type { WalletSigner } from './wallet-signer'

/** The account of who is signed in, and the watch over their wallet. */
export class CurrentAccount<A extends IdentityAccount> {
  #account: A | undefined
  #stopWatching: (() => void) | undefined

  constructor(account?: A) {
    this.#account = account
  }

  get(): A | undefined {
    return this.#account
  }

  set(account: A): void {
    this.#account = account
  }

  /** Calls back once the wallet turns to another account than `address`, or goes away. */
  watch(signer: WalletSigner, address: string | undefined, onLost: (reason: SignedOutReason) => void): void {
    this.#stopWatching = signer.onAccountChange?.((chosen) => {
      if (chosen === undefined) onLost('wallet-gone')
      else if (chosen.toLowerCase() !== address?.toLowerCase()) onLost('account-changed')
    })
  }

  /** From now on there is none; resolves when what it held is let go of. */
  async leave(): Promise<void> {
    const account = this.#account
    this.#account = undefined
    this.#stopWatching?.()
    this.#stopWatching = undefined
    await account?.close()
  }
}
