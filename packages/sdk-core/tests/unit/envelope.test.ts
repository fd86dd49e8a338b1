import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeDagCbor, encodeDagCbor } from '../../src/conversation/codec'
import type { Scheme } from '../../src/conversation/types'
import { readRecord, writeRecord } from '../../src/crypto/envelope'
import { padme } from '../../src/crypto/padding'
import {
  CorruptRecordError,
  DecryptionFailedError,
  UnsupportedFormatError,
} from '../../src/errors/storage-errors'

const KEY = new Uint8Array(32).fill(7)
const PAYLOAD = new TextEncoder().encode('what was said, what was said, what was said')

type Fields = { [key: string]: string | number | Uint8Array }

async function record(scheme: Scheme, changes: Fields = {}): Promise<Uint8Array> {
  const bytes = await writeRecord('head', PAYLOAD, scheme, KEY)
  return encodeDagCbor({ ...(decodeDagCbor(bytes) as Fields), ...changes })
}

describe('A record', () => {
  it.each(['plain', 'xsalsa20-poly1305'] as const)('comes back as it was written (%s)', async (scheme) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (payload) => {
        const opened = await readRecord('head', await writeRecord('head', payload, scheme, KEY), KEY)
        expect(opened.scheme).toBe(scheme)
        expect(Buffer.from(opened.payload).equals(Buffer.from(payload))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('never has the same bytes twice', async () => {
    const [a, b] = await Promise.all([record('xsalsa20-poly1305'), record('xsalsa20-poly1305')])
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(false)
  })

  it('says nothing of what it seals', async () => {
    const bytes = Buffer.from(
      await writeRecord('head', encodeDagCbor('a secret word'), 'xsalsa20-poly1305', KEY),
    )
    expect(bytes.includes('secret')).toBe(false)
  })

  it('does not open with another key', async () => {
    const other = new Uint8Array(32).fill(8)
    await expect(readRecord('head', await record('xsalsa20-poly1305'), other)).rejects.toThrow(
      DecryptionFailedError,
    )
  })

  it('is refused whichever bit of it is flipped', async () => {
    const bytes = await record('xsalsa20-poly1305')
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const damaged = bytes.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expect(readRecord('head', damaged, KEY), `bit ${bit}`).rejects.toThrow()
    }
  })

  it('is refused wherever it is cut', async () => {
    const bytes = await record('plain')
    for (let length = 0; length < bytes.length; length += 1) {
      await expect(readRecord('head', bytes.subarray(0, length), KEY)).rejects.toThrow(CorruptRecordError)
    }
  })

  it('is not taken for a record of another kind', async () => {
    await expect(readRecord('segment', await record('plain'), KEY)).rejects.toThrow(CorruptRecordError)
  })

  it('of a newer format is refused by that name', async () => {
    await expect(readRecord('head', await record('plain', { format: 2 }), KEY)).rejects.toThrow(
      UnsupportedFormatError,
    )
  })

  it('that would inflate beyond what it declares is stopped', async () => {
    const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024))
    const declared = Buffer.alloc(4)
    declared.writeUInt32LE(1000)
    const bytes = await record('plain', { body: new Uint8Array(Buffer.concat([declared, bomb])) })
    await expect(readRecord('head', bytes, KEY)).rejects.toThrow(CorruptRecordError)
  })

  it('that declares a gigabyte is refused before it is inflated', async () => {
    const declared = Buffer.alloc(4)
    declared.writeUInt32LE(1024 ** 3)
    const body = new Uint8Array(Buffer.concat([declared, deflateRawSync(new Uint8Array(10))]))
    await expect(readRecord('head', await record('plain', { body }), KEY)).rejects.toThrow(
      'declares 1073741824 bytes',
    )
  })

  it.each([undefined, null, 7, 'text', [], {}, { format: 'one' }, { format: 1 }])(
    'is not %j',
    async (value) => {
      const bytes = value === undefined ? new Uint8Array() : encodeDagCbor(value as Fields)
      await expect(readRecord('head', bytes, KEY)).rejects.toThrow(CorruptRecordError)
    },
  )
})

describe('Padmé', () => {
  it('adds at most 12 %, and never takes away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (length) => {
        const padded = padme(length)
        expect(padded).toBeGreaterThanOrEqual(length)
        expect(padded).toBeLessThanOrEqual(length * 1.12)
      }),
    )
  })

  it.each([
    [9, 10],
    [100, 104],
    [1000, 1024],
    [1024, 1024],
    [1025, 1088],
    [100_000, 100_352],
  ])('pads %i to %i', (length, padded) => expect(padme(length)).toBe(padded))
})
