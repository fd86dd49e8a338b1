import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEntry,
  encodeEntry,
  findMalformedField,
  isSigned,
  type RegistryEntry,
} from '../../src/registry/entry'
import { fromHex, toHex } from '../support/bytes'
import { createKey } from '../support/keys'
import vector from '../vectors/registry-entry.json'

const known: RegistryEntry = {
  pk: fromHex(vector.pk),
  revision: vector.revision,
  data: fromHex(vector.data),
  signature: fromHex(vector.signature),
}

describe('a registry entry', () => {
  it('has its known wire form', () => {
    expect(toHex(encodeEntry(known))).toBe(vector.wire)
  })

  it('is read back from its wire form', () => {
    expect(toHex(encodeEntry(decodeEntry(fromHex(vector.wire))))).toBe(vector.wire)
  })

  it('of the known key carries a valid signature', () => {
    expect(toHex(createKey(fromHex(vector.seed)).publicKey)).toBe(vector.pk)
    expect(isSigned(known)).toBe(true)
  })

  it('is not signed once any part of it is changed', () => {
    const flip = (bytes: Uint8Array, index: number) =>
      bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))
    expect(isSigned({ ...known, revision: 6 })).toBe(false)
    expect(isSigned({ ...known, data: flip(known.data, 3) })).toBe(false)
    expect(isSigned({ ...known, pk: flip(known.pk, 3) })).toBe(false)
    expect(isSigned({ ...known, signature: flip(known.signature, 40) })).toBe(false)
  })

  it('keeps every revision up to 2^48 exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 }), (revision) => {
        expect(decodeEntry(encodeEntry({ ...known, revision })).revision).toBe(revision)
      }),
    )
  })

  it.each([
    ['a key of another kind', { pk: fromHex(`ec${'00'.repeat(32)}`) }],
    ['a key that is too short', { pk: fromHex(`ed${'00'.repeat(31)}`) }],
    ['a negative revision', { revision: -1 }],
    ['a broken revision', { revision: 1.5 }],
    ['a revision beyond 2^48', { revision: 2 ** 48 + 1 }],
    ['no data', { data: new Uint8Array(0) }],
    ['65 bytes of data', { data: new Uint8Array(65) }],
    ['a short signature', { signature: new Uint8Array(63) }],
  ])('with %s is malformed', (_, change) => {
    expect(findMalformedField({ ...known, ...change })).toEqual(expect.any(String))
  })

  it('at the limits is well formed', () => {
    expect(findMalformedField({ ...known, revision: 2 ** 48, data: new Uint8Array(64) })).toBeUndefined()
    expect(findMalformedField({ ...known, revision: 0, data: new Uint8Array(1) })).toBeUndefined()
  })
})
