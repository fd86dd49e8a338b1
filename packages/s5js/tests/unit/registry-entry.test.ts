import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CorruptDataError,
  createRegistryEntry,
  deserializeRegistryEntry,
  InvalidInputError,
  JSCryptoImplementation,
  serializeRegistryEntry,
  verifyRegistryEntry,
} from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vector from '../vectors/registry-entry.json'

const keyPair = await new JSCryptoImplementation().newKeyPairEd25519(fromHex(vector.seedHex))
const data = fromHex(vector.data)
const anyData = fc.uint8Array({ minLength: 1, maxLength: 64 })
const anyRevision = fc.oneof(
  fc.nat(),
  fc.maxSafeNat().map((value) => value % (2 ** 48 + 1)),
  fc.constant(2 ** 48),
)

test('an entry has the signature and the wire bytes that upstream gives it', async () => {
  const entry = await createRegistryEntry({ keyPair, data, revision: vector.revision })
  expect(toHex(entry.pk)).toBe(vector.publicKey)
  expect(toHex(entry.signature)).toBe(vector.signature)
  expect(toHex(serializeRegistryEntry(entry))).toBe(vector.wire)
  expect(deserializeRegistryEntry(fromHex(vector.wire))).toEqual(entry)
})

test('any entry survives the wire and verifies, to the highest revision', () =>
  fc.assert(
    fc.asyncProperty(anyData, anyRevision, async (bytes, revision) => {
      const entry = await createRegistryEntry({ keyPair, data: bytes, revision })
      expect(deserializeRegistryEntry(serializeRegistryEntry(entry))).toEqual(entry)
      expect(await verifyRegistryEntry(entry)).toBe(true)
    }),
  ))

test('F12: revisions beyond 2^31 are written exactly', async () => {
  for (const [revision, hex] of [
    [2 ** 31, '0000008000000000'],
    [2 ** 32, '0000000001000000'],
    [2 ** 48, '0000000000000100'],
  ] as const) {
    const wire = serializeRegistryEntry(await createRegistryEntry({ keyPair, data, revision }))
    expect(toHex(wire.subarray(34, 42))).toBe(hex)
  }
})

test('a change of any field is noticed', async () => {
  const entry = await createRegistryEntry({ keyPair, data, revision: 5 })
  const { publicKey } = await new JSCryptoImplementation().newKeyPairEd25519(new Uint8Array(32))
  const changed = [
    { ...entry, revision: 6 },
    { ...entry, pk: publicKey },
    { ...entry, data: data.with(3, 0) },
    { ...entry, data: data.subarray(1) },
    { ...entry, signature: entry.signature.with(0, 0) },
    { ...entry, revision: -1 },
    { ...entry, signature: new Uint8Array() },
  ]
  for (const forged of changed) expect(await verifyRegistryEntry(forged)).toBe(false)
})

test('an entry that no node would take is not made', async () => {
  for (const revision of [-1, 0.5, 2 ** 48 + 1, Number.NaN]) {
    await expect(createRegistryEntry({ keyPair, data, revision })).rejects.toThrow(InvalidInputError)
  }
  for (const length of [0, 65]) {
    await expect(createRegistryEntry({ keyPair, data: new Uint8Array(length), revision: 1 })).rejects.toThrow(
      InvalidInputError,
    )
  }
})

test('wire bytes of another shape are corrupt', () => {
  const wire = fromHex(vector.wire)
  const wrong = [
    wire.subarray(1),
    wire.subarray(0, -1),
    Uint8Array.of(...wire, 0),
    wire.with(0, 8),
    wire.with(1, 0),
    wire.with(41, 1),
    new Uint8Array(),
  ]
  for (const bytes of wrong) expect(() => deserializeRegistryEntry(bytes)).toThrow(CorruptDataError)
})
