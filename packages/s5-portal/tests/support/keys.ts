import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'

const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface TestKey {
  readonly privateKey: KeyObject
  /** `ed` and 32 bytes. */
  readonly publicKey: Uint8Array
}

export function createKey(seed: Uint8Array = randomBytes(32)): TestKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.concat([Buffer.of(0xed), Buffer.from(x, 'base64url')]) }
}

export function signWith(key: TestKey, message: Uint8Array): Uint8Array {
  return sign(null, message, key.privateKey)
}
