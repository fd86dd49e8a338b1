import type { SharingKeys } from '../../crypto/sharing-keys'

/** A public key that conversations can be shared to, and who has signed it. */
export interface SharingAddress {
  /** X25519: 32 bytes. */
  publicKey: Uint8Array
  /** The address of a wallet with its checksum, or `ed25519:` and a public key in hex. */
  from: string
}

/** Who shares; from `auth/`, handed in. */
export interface SharingIdentity {
  readonly keys: SharingKeys
  /** This identity's sharing address. A wallet is asked to sign it, once. */
  address(signal: AbortSignal): Promise<string>
  /** @throws InvalidInputError at `path` where the text is altered, or not signed by whom it names */
  read(text: unknown, path: string): SharingAddress
}
