import { hkdfSync } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { describe, expect, it } from 'vitest'
import { decodeDagCbor } from '../../src/conversation/codec'
import { decodeHead, decodeSegment, encodeHead, encodeSegment } from '../../src/conversation/head'
import { readRecord } from '../../src/crypto/envelope'
import { KeyRing } from '../../src/crypto/keys'
import { readSeedPhrase } from '../../src/storage/stores/s5-seed-phrase'
import envelopes from '../../test-vectors/envelope.json'
import heads from '../../test-vectors/head.json'
import keys from '../../test-vectors/keys.json'
import segments from '../../test-vectors/segment.json'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** JSON of a stored value, in which `{ "hex": … }` stands for bytes. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive)
  if (typeof value !== 'object' || value === null) return value
  if ('hex' in value) return bytes(String(value.hex))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]))
}

describe('Test vectors of the keys', () => {
  it.each(keys)('$comment', ({ seedPhrase, id, epoch, registrySeed, headKey, segment, segmentKey }) => {
    const ring = new KeyRing(readSeedPhrase(seedPhrase)).conversationKeys(id, epoch)
    expect(hex(ring.registrySeed())).toBe(registrySeed)
    expect(hex(ring.recordKey('head', 'head'))).toBe(headKey)
    expect(hex(ring.recordKey('segment', segment))).toBe(segmentKey)
  })

  it('agree with the HKDF of Node over infos that are written out by hand', () => {
    const [{ entropy, registrySeed } = { entropy: '', registrySeed: '' }] = keys
    const salt = Buffer.from('s5-conversations/v1')
    const master = Buffer.from(hkdfSync('sha256', bytes(entropy), salt, 'master', 32))
    // CBOR: an array of three, the text "registry", the text "first", the number 0.
    const info = Buffer.concat([
      Buffer.from([0x83, 0x68]),
      Buffer.from('registry'),
      Buffer.from([0x65]),
      Buffer.from('first'),
      Buffer.from([0]),
    ])
    expect(hex(Buffer.from(hkdfSync('sha256', master, salt, info, 32)))).toBe(registrySeed)
  })
})

describe('Test vectors of the envelope', () => {
  it.each(envelopes)('$comment', async ({ key, kind, record, scheme, payload }) => {
    const opened = await readRecord(kind as 'head' | 'segment', bytes(record), bytes(key))
    expect({ scheme: opened.scheme, payload: hex(opened.payload) }).toEqual({ scheme, payload })
  })

  it('open with another implementation of secretbox and DEFLATE', () => {
    const sealed = envelopes.find(({ scheme }) => scheme !== 'plain')
    const { nonce, body } = decodeDagCbor(bytes(sealed?.record ?? '')) as {
      nonce: Uint8Array
      body: Uint8Array
    }
    const padded = Buffer.from(xsalsa20poly1305(bytes(sealed?.key ?? ''), nonce).decrypt(body))
    const packed = padded.subarray(4, 4 + padded.readUInt32LE(0))
    const payload = inflateRawSync(packed.subarray(4))
    expect(payload).toHaveLength(packed.readUInt32LE(0))
    expect(hex(payload)).toBe(sealed?.payload)
  })
})

describe('Test vectors of the head', () => {
  it.each(heads)('$comment', ({ salt, head, payload }) => {
    const revived = revive(head) as Parameters<typeof encodeHead>[0]
    expect(hex(encodeHead(revived, bytes(salt)))).toBe(payload)
    expect(decodeHead(bytes(payload), revived.id)).toEqual(revived)
  })
})

describe('Test vectors of a segment', () => {
  it.each(segments)('$comment', ({ id, epoch, name, salt, records, payload }) => {
    const revived = revive(records) as Parameters<typeof encodeSegment>[1]
    expect(hex(encodeSegment({ id, epoch, name }, revived, bytes(salt)))).toBe(payload)
    expect(decodeSegment(bytes(payload), id, name)).toEqual(revived)
  })
})
