import fc from 'fast-check'
import { base32 } from 'multiformats/bases/base32'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { describe, expect, it } from 'vitest'
import { formatBlobId, parseBlobHash } from '../../src/codec/blob-id'
import { hashOf, toHex, utf8 } from '../support/bytes'
import vectors from '../vectors/blob-ids.json'
import sizes from '../vectors/size-bytes.json'

const hexOf = (text: string) => {
  const hash = parseBlobHash(text)
  return hash && toHex(hash)
}

describe('a blob id', () => {
  it.each(vectors)('of "$content" is its known base32 text', async ({ content, size, base32 }) => {
    expect(formatBlobId(await hashOf(utf8(content)), size)).toBe(base32)
  })

  it.each(vectors)('of "$content" names the same hash in every form', (vector) => {
    const { hex, base32, base58, base64url, raw, legacy, hash } = vector
    const forms = [hex, base32, base58, base64url, raw, legacy]
    expect(forms.map(hexOf)).toEqual(forms.map(() => hash))
  })

  it.each(sizes)('writes size $size as $bytes', ({ size, bytes }) => {
    expect(toHex(base32.decode(formatBlobId(new Uint8Array(32), size)).subarray(35))).toBe(bytes)
  })

  it('gives its hash back whatever the size and the base', () => {
    const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(
        hashes,
        fc.maxSafeNat(),
        fc.constantFrom(base32, base58btc, base64url),
        (hash, size, base) => {
          const text = base.encode(base32.decode(formatBlobId(hash, size)))
          expect(hexOf(text)).toBe(toHex(hash))
        },
      ),
    )
  })

  it('is understood with the older BLAKE3 byte and size 0, as clients that know only the hash ask', () => {
    const hash = new Uint8Array(32).fill(9)
    expect(hexOf(base58btc.encode(Uint8Array.of(0x5b, 0x82, 0x1f, ...hash, 0)))).toBe(toHex(hash))
  })

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'b'],
    ['a parent folder', '..'],
    ['a path', 'b/../../etc/passwd'],
    ['an unknown base', 'm3q2-7w'],
    ['characters outside the base', 'b01890189'],
    ['a hash that is too short', `f${'00'.repeat(31)}`],
    ['a hash that is too long', `f${'00'.repeat(33)}`],
    ['a blob id without its hash byte', `f5b82${'00'.repeat(33)}`],
    ['a blob id without a size', `f5b821e${'00'.repeat(32)}`],
    ['a blob id with nine size bytes', `f5b821e${'00'.repeat(41)}`],
    ['another hash function', `f5b8212${'00'.repeat(33)}`],
    ['a text of a megabyte', `z${'2'.repeat(1 << 20)}`],
  ])('is not %s', (_, text) => {
    expect(parseBlobHash(text)).toBeUndefined()
  })

  it('never makes the parser throw', () => {
    fc.assert(fc.property(fc.string({ maxLength: 120 }), (text) => void parseBlobHash(text)))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void parseBlobHash(base32.encode(bytes))),
    )
  })

  it('of a legacy form may carry either BLAKE3 byte', () => {
    const hash = '11'.repeat(32)
    expect([`f261e${hash}05`, `f261f${hash}05`].map(hexOf)).toEqual([hash, hash])
  })
})
