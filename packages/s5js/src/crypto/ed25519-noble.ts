import { ed25519 } from '@noble/curves/ed25519.js'
import type { Ed25519Backend } from './ed25519-backend'
import type { Secret } from './secret'

/** Ed25519 in JavaScript, for platforms that have none of their own. */
export class NobleEd25519 implements Ed25519Backend {
  async publicKeyOf(seed: Secret): Promise<Uint8Array> {
    return ed25519.getPublicKey(seed.reveal())
  }

  async sign(seed: Secret, message: Uint8Array): Promise<Uint8Array> {
    return ed25519.sign(message, seed.reveal())
  }

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false
    }
  }
}
