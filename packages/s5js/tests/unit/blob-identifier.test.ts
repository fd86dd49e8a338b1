import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cidToHash } from '../../src/identifier/parse-cid'
import { BlobIdentifier, CorruptDataError, hashBlake3, InvalidInputError } from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vectors from '../vectors/blob-identifiers.json'

const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const anyHash = new Uint8Array(32).fill(5)
const headHex = `5b821e${toHex(anyHash)}`

test.each(vectors.blobs)('the identifier of "$text" has the forms that upstream gives it', async (vector) => {
  const id = new BlobIdentifier(await hashBlake3(new TextEncoder().encode(vector.text)), vector.size)
  expect(id.toHex()).toBe(vector.hex)
  expect(id.toBase32()).toBe(vector.base32)
  expect(id.toString()).toBe(vector.base32)
  expect(id.toBase58()).toBe(vector.base58)
  expect(id.toBase64url()).toBe(vector.base64url)
  for (const form of [vector.hex, vector.base32, vector.base58, vector.base64url, vector.legacyHex]) {
    expect(BlobIdentifier.decode(form)).toEqual(id)
  }
})

test.each(vectors.blobs)('every form of the CID of "$text" leads to its hash', (vector) => {
  const { hash, hash33 } = BlobIdentifier.decode(vector.base58)
  const texts = [
    vector.hex,
    vector.base32,
    vector.base58,
    vector.base64url,
    vector.rawBase32,
    vector.legacyHex,
  ]
  for (const cid of [...texts, hash, hash33, hash33.with(0, 0x1f), fromHex(vector.hex.slice(1))]) {
    expect(cidToHash(cid)).toEqual(hash)
  }
})

test.each(vectors.sizes)('F12: a size of $size bytes is written exactly', ({ size, hex }) => {
  const bytes = fromHex(headHex + hex)
  expect(toHex(new BlobIdentifier(anyHash, size).toBytes())).toBe(headHex + hex)
  expect(BlobIdentifier.decode(bytes).size).toBe(size)
})

test.each(vectors.upstreamSizes.cases)(
  'what upstream writes for large sizes is not misread: $comment',
  ({ hex, size }) => {
    const decode = () => BlobIdentifier.decode(fromHex(headHex + hex)).size
    if (size === null) expect(decode).toThrow(CorruptDataError)
    else expect(decode()).toBe(size)
  },
)

test('an identifier survives every form, for any hash and any size to 2^53', () => {
  fc.assert(
    fc.property(hash32, fc.maxSafeNat(), (hash, size) => {
      const id = new BlobIdentifier(hash, size)
      for (const form of [id.toBytes(), id.toBase32(), id.toBase58(), id.toBase64url(), id.toHex()]) {
        expect(BlobIdentifier.decode(form)).toEqual(id)
      }
    }),
  )
})

test('anything else is corrupt', () => {
  const right = fromHex(`${headHex}05`)
  const wrong = [
    right.subarray(0, 35),
    right.with(0, 0),
    right.with(2, 0x12),
    fromHex(`${headHex}${'01'.repeat(9)}`),
    new Uint8Array(),
  ]
  for (const bytes of wrong) expect(() => BlobIdentifier.decode(bytes)).toThrow(CorruptDataError)
  for (const text of ['', 'b', 'zI0', 'u***', 'Q123', `z${'1'.repeat(10_000)}`]) {
    expect(() => BlobIdentifier.decode(text)).toThrow(CorruptDataError)
  }
})

test('a size that is no byte count, or a hash of another length, is refused', () => {
  for (const size of [-1, 1.5, Number.NaN, 2 ** 53]) {
    expect(() => new BlobIdentifier(anyHash, size)).toThrow(InvalidInputError)
  }
  for (const length of [0, 31, 33]) {
    expect(() => new BlobIdentifier(new Uint8Array(length), 1)).toThrow(InvalidInputError)
  }
})

test("F12: decoding keeps the caller's bytes as they are", () => {
  const bytes = fromHex(`5b821f${toHex(anyHash)}05`)
  expect(BlobIdentifier.decode(bytes).hash33[0]).toBe(0x1e)
  expect(bytes[2]).toBe(0x1f)
})
