import type { SharingSigner } from './sharing-address'

/** One identity on its portals, opened but not yet connected. */
export interface IdentityAccount {
  /** Whether it has ever kept a conversation there, by a fresh read that needs no portal account. */
  hasCatalog(signal: AbortSignal): Promise<boolean>
  /** Signs in on the portals now, instead of at the first call. */
  connect(): Promise<void>
  /** Waits for saves under way, then overwrites its keys and lets go of connections and timers. */
  close(): Promise<void>
}

/**
 * Opens the identity behind 16 bytes of entropy, which it overwrites. No request is made. `wallet` signs for it;
 * an identity without one signs by itself.
 */
export type OpenAccount<A extends IdentityAccount> = (entropy: Uint8Array, wallet?: SharingSigner) => A
