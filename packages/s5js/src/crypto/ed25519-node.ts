import { toBase64url } from '../bytes/base64url'
import { concatBytes } from '../bytes/bytes'
import { nodeModule } from '../platform/node-module'
import { type Ed25519Backend, PKCS8_PREFIX, SPKI_PREFIX } from './ed25519-backend'
import type { Secret } from './secret'

interface NodeKey {
  export(options: { format: 'der'; type: 'spki' }): Uint8Array
}

/** The part of node:crypto that is used; the sources do not depend on Node's types. */
export interface NodeCrypto {
  createPrivateKey(input: { key: Uint8Array; format: 'der'; type: 'pkcs8' }): NodeKey
  createPublicKey(input: NodeKey | { key: Uint8Array; format: 'der'; type: 'spki' }): NodeKey
  sign(algorithm: null, message: Uint8Array, key: NodeKey): Uint8Array
  verify(algorithm: null, message: Uint8Array, key: NodeKey, signature: Uint8Array): boolean
}

const MAX_PUBLIC_KEYS = 1024

/** Node's own crypto; undefined where there is no Node. */
export function nodeCrypto(): NodeCrypto | undefined {
  return nodeModule('node:crypto')
}

/** Ed25519 by node:crypto; parsed keys are kept. */
export class NodeEd25519 implements Ed25519Backend {
  readonly #crypto: NodeCrypto
  readonly #privateKeyBySeed = new WeakMap<Secret, NodeKey>()
  readonly #publicKeyByText = new Map<string, NodeKey>()

  constructor(crypto: NodeCrypto) {
    this.#crypto = crypto
  }

  async publicKeyOf(seed: Secret): Promise<Uint8Array> {
    const spki = this.#crypto.createPublicKey(this.#privateKey(seed)).export({ format: 'der', type: 'spki' })
    return new Uint8Array(spki.subarray(SPKI_PREFIX.length))
  }

  async sign(seed: Secret, message: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(this.#crypto.sign(null, message, this.#privateKey(seed)))
  }

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#crypto.verify(null, message, this.#publicKey(publicKey), signature)
  }

  #privateKey(seed: Secret): NodeKey {
    // Revealed even when the key is known: a wiped seed must not sign any more.
    const bytes = seed.reveal()
    const known = this.#privateKeyBySeed.get(seed)
    if (known !== undefined) return known
    const der = concatBytes(PKCS8_PREFIX, bytes)
    const key = this.#crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    der.fill(0)
    this.#privateKeyBySeed.set(seed, key)
    return key
  }

  #publicKey(publicKey: Uint8Array): NodeKey {
    const text = toBase64url(publicKey)
    const known = this.#publicKeyByText.get(text)
    if (known !== undefined) return known
    const der = concatBytes(SPKI_PREFIX, publicKey)
    const key = this.#crypto.createPublicKey({ key: der, format: 'der', type: 'spki' })
    if (this.#publicKeyByText.size >= MAX_PUBLIC_KEYS) this.#publicKeyByText.clear()
    this.#publicKeyByText.set(text, key)
    return key
  }
}
