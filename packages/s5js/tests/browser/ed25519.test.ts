import { expect, test } from 'vitest'
import { NobleEd25519 } from '../../src/crypto/ed25519-noble'
import { WebCryptoEd25519 } from '../../src/crypto/ed25519-webcrypto'
import { JSCryptoImplementation, Secret } from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vector from '../vectors/registry-entry.json'

test("the browser's own Ed25519 gives the keys and signatures that every platform gives", async () => {
  const [web, noble] = [new WebCryptoEd25519(crypto.subtle), new NobleEd25519()]
  const message = new TextEncoder().encode('message')
  for (let number = 0; number < 10; number++) {
    const seed = new Secret(new Uint8Array(32).fill(number))
    const key = await web.publicKeyOf(seed)
    const signature = await web.sign(seed, message)
    expect(key).toEqual(await noble.publicKeyOf(seed))
    expect(signature).toEqual(await noble.sign(seed, message))
    expect(await web.verify(key, message, signature)).toBe(true)
    expect(await web.verify(key, message, signature.with(0, 0))).toBe(false)
  }
})

test('key pairs of a page are those of the vectors', async () => {
  const { publicKey } = await new JSCryptoImplementation().newKeyPairEd25519(fromHex(vector.seedHex))
  expect(toHex(publicKey)).toBe(vector.publicKey)
})
