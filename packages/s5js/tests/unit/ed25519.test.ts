import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NobleEd25519 } from '../../src/crypto/ed25519-noble'
import { NodeEd25519, nodeCrypto } from '../../src/crypto/ed25519-node'
import { WebCryptoEd25519 } from '../../src/crypto/ed25519-webcrypto'
import { ClosedError, JSCryptoImplementation, Secret } from '../../src/index'
import { fromHex, toHex } from '../support/hex'

const node = nodeCrypto()
if (node === undefined) throw new Error('these tests run in Node')
const backends = [new NodeEd25519(node), new WebCryptoEd25519(globalThis.crypto.subtle), new NobleEd25519()]
const seed32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('RFC 8032 test 2 holds on every platform', async () => {
  const seed = new Secret(fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'))
  for (const backend of backends) {
    expect(toHex(await backend.publicKeyOf(seed))).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    )
    expect(toHex(await backend.sign(seed, fromHex('72')))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
  }
})

test('all platforms give the same keys and signatures and believe each other', () =>
  fc.assert(
    fc.asyncProperty(seed32, fc.uint8Array(), async (bytes, message) => {
      const seed = new Secret(bytes)
      const keys = await Promise.all(backends.map((backend) => backend.publicKeyOf(seed)))
      const signatures = await Promise.all(backends.map((backend) => backend.sign(seed, message)))
      expect(new Set([...keys].map(toHex)).size).toBe(1)
      expect(new Set(signatures.map(toHex)).size).toBe(1)
      const [key = new Uint8Array(), signature = new Uint8Array()] = [keys[0], signatures[0]]
      for (const backend of backends) {
        expect(await backend.verify(key, message, signature)).toBe(true)
        expect(await backend.verify(key, Uint8Array.of(...message, 1), signature)).toBe(false)
      }
    }),
    { numRuns: 10 },
  ))

test('malformed keys and signatures are false, not errors', async () => {
  const crypto = new JSCryptoImplementation()
  const { pubKey, publicKey } = await crypto.newKeyPairEd25519(new Uint8Array(32))
  const noPoint = new Uint8Array(32).fill(0xff)
  for (const key of [pubKey.subarray(1), new Uint8Array(), noPoint]) {
    expect(await crypto.verifyEd25519(key, new Uint8Array(3), new Uint8Array(64))).toBe(false)
  }
  for (const length of [0, 63, 65]) {
    expect(await crypto.verifyEd25519(publicKey, new Uint8Array(3), new Uint8Array(length))).toBe(false)
  }
  for (const backend of backends)
    expect(await backend.verify(noPoint, new Uint8Array(3), new Uint8Array(64))).toBe(false)
})

test('a key pair signs until its private key is wiped', async () => {
  const crypto = new JSCryptoImplementation()
  const keyPair = await crypto.newKeyPairEd25519(new Uint8Array(32).fill(7))
  expect(keyPair.publicKey).toEqual(Uint8Array.of(0xed, ...keyPair.pubKey))
  const message = new Uint8Array([1])
  const signature = await crypto.signEd25519(keyPair, message)
  expect(await crypto.verifyEd25519(keyPair.publicKey, message, signature)).toBe(true)
  expect(await crypto.verifyEd25519(keyPair.pubKey, message, signature)).toBe(true)
  keyPair.privKey.wipe()
  await expect(crypto.signEd25519(keyPair, message)).rejects.toThrow(ClosedError)
})

test('Node is recognised without importing from it', () => {
  expect(node).toMatchObject({ createHash })
})
