import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashBlake3 } from '../../src/crypto/blake3'
import { decryptMutable, encryptMutable } from '../../src/crypto/mutable-encryption'
import { padFileSize } from '../../src/crypto/pad-file-size'
import { CorruptDataError } from '../../src/index'
import { fromHex, toHex } from '../support/hex'
import vector from '../vectors/mutable-encryption.json'
import padded from '../vectors/padded-sizes.json'

const key = fromHex(vector.keyHex)
const text = new TextEncoder().encode(vector.text)

test.each(padded.cases)('$size bytes are padded to $padded', ({ size, padded }) => {
  expect(padFileSize(size)).toBe(padded)
})

test('a padded size holds the size, is stable, and wastes less than a tenth beyond 80 KiB', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (size) => {
      const result = padFileSize(size)
      expect(result).toBeGreaterThanOrEqual(size)
      expect(padFileSize(result)).toBe(result)
      if (size > 81_920) expect(result / size).toBeLessThan(1.1)
    }),
  )
})

test('the bytes are those of upstream for the same nonce', async () => {
  const blob = encryptMutable(text, key, fromHex(vector.nonceHex))
  expect(blob).toHaveLength(vector.length)
  expect(toHex(blob.subarray(0, 64))).toBe(vector.first64Hex)
  expect(toHex(await hashBlake3(blob))).toBe(vector.blake3Hex)
  expect(decryptMutable(blob, key)).toEqual(text)
})

test('any data comes back, from a blob of a padded size that is never the same twice', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), (data) => {
      const blob = encryptMutable(data, key)
      expect(padFileSize(blob.length)).toBe(blob.length)
      expect(encryptMutable(data, key)).not.toEqual(blob)
      expect(decryptMutable(blob, key)).toEqual(data)
    }),
    { numRuns: 20 },
  )
})

test('a changed byte anywhere, another key or another length is corrupt', () => {
  const blob = encryptMutable(text, key)
  fc.assert(
    fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const changed = blob.with(index, (blob[index] ?? 0) ^ change)
      expect(() => decryptMutable(changed, key)).toThrow(CorruptDataError)
    }),
    { numRuns: 50 },
  )
  for (const bytes of [blob.subarray(1), blob.subarray(0, -1), new Uint8Array(4096), new Uint8Array()]) {
    expect(() => decryptMutable(bytes, key)).toThrow(CorruptDataError)
  }
  expect(() => decryptMutable(blob, key.with(0, 9))).toThrow(CorruptDataError)
})
