import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { hashBlake3Sync } from '../../src/crypto/blake3'
import { unpackSeeds } from '../../src/identity/packed-seeds'
import { ClosedError, CorruptDataError, S5UserIdentity } from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vectors from '../vectors/identity.json'

const identity = () => S5UserIdentity.fromSeedPhrase(vectors.phrase.text)

test('the first seed is the BLAKE3 of the entropy', () => {
  expect(toHex(hashBlake3Sync(fromHex(vectors.entropy.hex)))).toBe(vectors.entropyHash.hex)
})

test('a phrase gives the seeds that upstream derives', () => {
  const seeds = unpackSeeds(identity().pack())
  expect([...seeds].map(([number, seed]) => ({ number, hex: toHex(seed.reveal()) }))).toEqual(
    vectors.seeds.map(({ number, hex }) => ({ number, hex })),
  )
})

test('packing gives the bytes that upstream stores, and unpacking gives the identity back', () => {
  expect(toHex(identity().pack())).toBe(vectors.packed.hex)
  expect(toHex(S5UserIdentity.unpack(fromHex(vectors.packed.hex)).pack())).toBe(vectors.packed.hex)
})

test('the named keys are the seeds with their numbers', () => {
  const seedHex = (number: number) => vectors.seeds.find((seed) => seed.number === number)?.hex
  const { signingKey, portalAccountSeed, hiddenDBKey, fsRootKey } = identity()
  const keys = [signingKey, portalAccountSeed, hiddenDBKey, fsRootKey].map((key) => toHex(key.reveal()))
  expect(keys).toEqual([2, 65, 66, 67].map(seedHex))
})

test('the signing key is the one that upstream shows to others', async () => {
  const { publicKey } = await identity().signingKeyPair()
  expect(Buffer.from(publicKey).toString('base64url')).toBe(vectors.signingPublicKey.base64url)
})

test('bytes that are not a packed identity are corrupt', () => {
  const packed = fromHex(vectors.packed.hex)
  const wrong = [
    packed.subarray(1),
    packed.subarray(0, -1),
    Uint8Array.of(...packed, 0),
    packed.with(1, 3),
    new Uint8Array(),
  ]
  for (const bytes of wrong) expect(() => S5UserIdentity.unpack(bytes)).toThrow(CorruptDataError)
})

test('an identity does not print its seeds, and a wiped one has none', () => {
  const wiped = identity()
  const shown =
    inspect(wiped, { depth: 9, showHidden: true }) + JSON.stringify(wiped) + String(wiped.fsRootKey)
  for (const { hex } of vectors.seeds) expect(shown).not.toContain(hex)
  wiped.wipe()
  expect(() => wiped.pack()).toThrow(ClosedError)
})
