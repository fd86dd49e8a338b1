import { concatBytes } from '@noble/hashes/utils.js'
import nacl from 'tweetnacl'
import type { Grant } from '../conversation/grant'
import { derive } from './derive'
import type { KeyRing } from './keys'
import { randomBytes } from './platform'

const NONCE_BYTES = nacl.box.nonceLength

/** The key pair (X25519) that conversations are shared to, and the one (Ed25519) that an identity without a wallet signs by. */
export class SharingKeys {
  readonly publicKey: Uint8Array
  /** Names an identity that has no wallet: 32 bytes. */
  readonly identity: Uint8Array
  readonly #secret: Uint8Array
  readonly #identitySecret: Uint8Array

  constructor(keyRing: KeyRing) {
    const { secret, identitySeed } = keyRing.sharingSecrets()
    const identity = nacl.sign.keyPair.fromSeed(identitySeed)
    this.publicKey = nacl.box.keyPair.fromSecretKey(secret).publicKey
    this.identity = identity.publicKey
    this.#secret = secret
    this.#identitySecret = identity.secretKey
  }

  /** Ed25519 (RFC 8032) by the identity: 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return nacl.sign.detached(message, this.#identitySecret)
  }

  /** NaCl box behind its nonce (24 random bytes): only `peer` and this identity open it, and only they can have made it. */
  seal(peer: Uint8Array, content: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES)
    return concatBytes(nonce, nacl.box(content, nonce, peer, this.#secret))
  }

  /** The inverse of {@link seal} by either of the two; `undefined` where it was made for, or by, anybody else. */
  open(peer: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < NONCE_BYTES + nacl.box.overheadLength) return undefined
    const nonce = sealed.subarray(0, NONCE_BYTES)
    return nacl.box.open(sealed.subarray(NONCE_BYTES), nonce, peer, this.#secret) ?? undefined
  }

  /** Ed25519 seed of a pointer that only the two can find: where the owner of `id` leaves word for the other. */
  mailboxSeed(peer: Uint8Array, id: string): Uint8Array {
    return derive(nacl.box.before(peer, this.#secret), ['mailbox', id])
  }

  /** Overwrites the secrets. */
  wipe(): void {
    this.#secret.fill(0)
    this.#identitySecret.fill(0)
  }

  toJSON(): string {
    return '<redacted>'
  }
}

/** What lets others into one epoch of a conversation: to read it, or also to write it. */
export function grantOf(keyRing: KeyRing, id: string, epoch: number, write: boolean): Grant {
  const { contentKey, seed: registrySeed } = keyRing.epochSecrets(id, epoch)
  const seed = registrySeed()
  const registry = nacl.sign.keyPair.fromSeed(seed).publicKey
  return { id, epoch, contentKey, registry, ...(write ? { seed } : {}) }
}

/** Whether `identity` has signed `message` (Ed25519). */
export function isSignedBy(identity: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return nacl.sign.detached.verify(message, signature, identity)
}
