import type { SignInInput, WalletSigner } from '@s5-conversations/sdk-core'

/** Who signs in, and by what. */
export type Identity =
  | { kind: 'browser-wallet'; name: string; rdns: string; signer: WalletSigner }
  /** `isMade`: just now, in this page, so that nobody need say that it is new. */
  | { kind: 'development-wallet'; privateKey: string; isMade: boolean; signer: WalletSigner }
  | { kind: 'phrase'; seedPhrase: string }

/** What the SDK needs to sign `identity` in. */
export function toSignIn(identity: Identity): SignInInput {
  return identity.kind === 'phrase' ? { seedPhrase: identity.seedPhrase } : { signer: identity.signer }
}
