import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashBlake3, hashBlake3Blob } from '../../src/crypto/blake3'
import { toHex } from '../support/hex'

const EMPTY = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'

test('the hash of nothing is the published one', async () => {
  expect(toHex(blake3(new Uint8Array()))).toBe(EMPTY)
  expect(toHex(await hashBlake3(new Uint8Array()))).toBe(EMPTY)
})

test('the plain and the WebAssembly hash agree on any bytes', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      expect(blake3(bytes)).toEqual(await hashBlake3(bytes))
    }),
    { numRuns: 30 },
  ))

test('hashes that are asked for at the same time do not disturb each other', async () => {
  const blobs = Array.from({ length: 20 }, (_, index) => new Uint8Array(50_000).fill(index))
  const apart = []
  for (const blob of blobs) apart.push(await hashBlake3(blob))
  const together = await Promise.all(
    blobs.flatMap((blob) => [hashBlake3(blob), hashBlake3Blob(new Blob([blob]))]),
  )
  expect(together).toEqual(apart.flatMap((hash) => [hash, hash]))
})
