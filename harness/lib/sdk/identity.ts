import type { SignInInput, WalletSigner } from '@s5-conversations/sdk-core'

/** Who signs in, and by what. */
export type Identity =
  | { kind: 'browser-wallet'; name: string; rdns: string; signer: WalletSigner }
  /** `isNew`: made in this page, or called new on this device before; so nobody is asked whether it is. */
  | { kind: 'development-wallet'; privateKey: string; isNew: boolean; signer: WalletSigner }
  | { kind: 'phrase'; seedPhrase: string }

/** What the SDK needs to sign `identity` in. */
export function toSignIn(identity: Identity): SignInInput {
  return identity.kind === 'phrase' ? { seedPhrase: identity.seedPhrase } : { signer: identity.signer }
}
