import { fromBase64url } from '../bytes/base64url'
import { concatBytes } from '../bytes/bytes'
import { type Ed25519Backend, PKCS8_PREFIX } from './ed25519-backend'
import type { Secret } from './secret'

const ALGORITHM = 'Ed25519'

/** Ed25519 by the browser (W3C Web Cryptography Level 2); private keys stay in it. */
export class WebCryptoEd25519 implements Ed25519Backend {
  readonly #subtle: SubtleCrypto
  readonly #privateKeyBySeed = new WeakMap<Secret, Promise<CryptoKey>>()

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle
  }

  async publicKeyOf(seed: Secret): Promise<Uint8Array> {
    // WebCrypto derives the public half only on export, so this one key is extractable; it is not kept.
    const jwk = await this.#subtle.exportKey('jwk', await this.#importSeed(seed, true))
    return fromBase64url(jwk.x ?? '') ?? new Uint8Array()
  }

  async sign(seed: Secret, message: Uint8Array): Promise<Uint8Array> {
    const key = await this.#privateKey(seed)
    return new Uint8Array(await this.#subtle.sign(ALGORITHM, key, new Uint8Array(message)))
  }

  async verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const key = await this.#importPublic(publicKey)
    if (key === undefined) return false
    return this.#subtle.verify(ALGORITHM, key, new Uint8Array(signature), new Uint8Array(message))
  }

  #privateKey(seed: Secret): Promise<CryptoKey> {
    // Revealed even when the key is known: a wiped seed must not sign any more.
    seed.reveal()
    const key = this.#privateKeyBySeed.get(seed) ?? this.#importSeed(seed, false)
    this.#privateKeyBySeed.set(seed, key)
    return key
  }

  async #importSeed(seed: Secret, extractable: boolean): Promise<CryptoKey> {
    const der = concatBytes(PKCS8_PREFIX, seed.reveal())
    try {
      return await this.#subtle.importKey('pkcs8', der, ALGORITHM, extractable, ['sign'])
    } finally {
      der.fill(0)
    }
  }

  #importPublic(publicKey: Uint8Array): Promise<CryptoKey | undefined> {
    const key = this.#subtle.importKey('raw', new Uint8Array(publicKey), ALGORITHM, false, ['verify'])
    return key.catch(() => undefined)
  }
}
