import type { DeviceStorage } from './device-storage'
import type { WalletSigner } from './wallet-signer'

/** Options of signing in with a wallet. */
export interface WalletOptions {
  /** The wallet that signs in: any `Signer` of ethers 6, or one that `discoverWallets` found. */
  signer?: WalletSigner
  /**
   * Asked where the portals know nothing of a wallet: whether it is new.
   * @default it is not: `NewIdentityError`
   */
  confirmNewIdentity?(address: string): boolean | Promise<boolean>
  /**
   * Remembers which wallets this device has met, so that they sign only once; `localStorage` in browsers.
   * Gets no secret. @default forgets with the process
   */
  deviceStorage?: DeviceStorage
  /** How long a user may take for one answer, in ms. @default 300 000 */
  walletTimeoutMs?: number
}
