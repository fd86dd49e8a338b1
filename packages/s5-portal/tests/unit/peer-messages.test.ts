import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../../src/crypto/ed25519'
import {
  decodeMessage,
  encodeHandshakeDone,
  encodeHandshakeOpen,
  encodeRegistryEntry,
  encodeRegistryQuery,
} from '../../src/p2p/messages'
import { MalformedMessageError } from '../../src/p2p/msgpack-reader'
import {
  decodeEntryItem,
  encodeBlobStored,
  encodeEntryAbsent,
  encodeEntryItem,
  encodeListing,
  encodeListingQuery,
  encodePiece,
  encodePieceQuery,
  PIECE_BYTES,
} from '../../src/p2p/portal-messages'
import { encodeStorageLocation, storageLocationMessage } from '../../src/p2p/storage-location'
import { fromHex, toHex } from '../support/bytes'
import { createKey } from '../support/keys'
import { signedMessage } from '../support/peer-client'
import vectors from '../vectors/peer-messages.json'
import entryVector from '../vectors/registry-entry.json'

const signer = createSigner(new Uint8Array(32).fill(7))
const key = createKey(new Uint8Array(32).fill(7))
const hash = new Uint8Array(32).fill(9)

function vectorOf(name: string) {
  const vector = vectors.find((each) => each.name === name)
  if (vector === undefined) throw new Error(`no vector ${name}`)
  return { challenge: '', inner: '', hash: '', expiry: 0, url: '', signed: '', ...vector }
}

describe('the known bytes of', () => {
  it('a registry query', () => {
    const { wire } = vectorOf('registryQuery')
    expect(toHex(encodeRegistryQuery(signer.publicKey))).toBe(wire)
    expect(decodeMessage(fromHex(wire))).toEqual({ kind: 'registryQuery', pk: fromHex(entryVector.pk) })
  })

  it('a hash query', () => {
    const message = decodeMessage(fromHex(vectorOf('hashQuery').wire))
    const expected = 'ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f'
    expect(message).toEqual({ kind: 'hashQuery', hash: fromHex(expected), types: [3, 5] })
  })

  it('an opened handshake', () => {
    const { challenge, wire } = vectorOf('handshakeOpen')
    expect(toHex(encodeHandshakeOpen(fromHex(challenge)))).toBe(wire)
    expect(decodeMessage(fromHex(wire))).toEqual({ kind: 'handshakeOpen', challenge: fromHex(challenge) })
    const named = fromHex(`${wire}a26e65`)
    expect(decodeMessage(named)).toMatchObject({ kind: 'handshakeOpen' })
  })

  it('a signed answer to it', () => {
    const { challenge, inner, wire } = vectorOf('handshakeDone')
    expect(toHex(encodeHandshakeDone(fromHex(challenge), signer))).toBe(wire)
    expect(wire.endsWith(`c425${inner}`)).toBe(true)
    expect(decodeMessage(fromHex(wire))).toEqual({
      kind: 'handshakeDone',
      signer: signer.publicKey,
      challenge: fromHex(challenge),
    })
  })

  it('a storage location', () => {
    const vector = vectorOf('storageLocation')
    const location = { hash: fromHex(vector.hash), expiry: vector.expiry, url: vector.url }
    expect(toHex(storageLocationMessage(location))).toBe(vector.signed)
    expect(toHex(encodeStorageLocation(location, signer))).toBe(vector.wire)
  })

  it('a registry entry', () => {
    const message = decodeMessage(fromHex(entryVector.wire))
    expect(message).toMatchObject({ kind: 'registryEntry', entry: { revision: 5 } })
    if (message?.kind === 'registryEntry')
      expect(toHex(encodeRegistryEntry(message.entry))).toBe(entryVector.wire)
  })
})

describe('a message between portals is read back as it was written:', () => {
  const keys = [createKey().publicKey, createKey().publicKey]
  it.each([
    ['listingQuery', encodeListingQuery('blobs', hash), { subject: 'blobs', after: hash }],
    [
      'listing',
      encodeListing(
        'entries',
        keys[0] ?? hash,
        true,
        keys.map((pk) => encodeEntryItem(pk, 2 ** 48)),
      ),
      { subject: 'entries', isLast: true, items: keys.map((pk) => encodeEntryItem(pk, 2 ** 48)) },
    ],
    ['pieceQuery', encodePieceQuery(hash, 70_000), { hash, offset: 70_000 }],
    [
      'piece',
      encodePiece({ hash, offset: 5 * 2 ** 32, size: 6 * 2 ** 32, bytes: new Uint8Array(PIECE_BYTES) }),
      { hash, offset: 5 * 2 ** 32, size: 6 * 2 ** 32, bytes: new Uint8Array(PIECE_BYTES) },
    ],
    [
      'piece',
      encodePiece({ hash, offset: 0, size: undefined, bytes: new Uint8Array() }),
      { size: undefined },
    ],
    ['entryAbsent', encodeEntryAbsent(key.publicKey), { pk: new Uint8Array(key.publicKey) }],
    ['blobStored', encodeBlobStored(hash), { hash }],
  ])('%s', (kind, wire, members) => {
    expect(wire.length).toBeLessThan(64 * 1024)
    expect(decodeMessage(wire)).toMatchObject({ kind, ...members })
  })

  it('the line of an entry in a listing', () => {
    expect(decodeEntryItem(encodeEntryItem(key.publicKey, 12_345))).toEqual({
      pk: new Uint8Array(key.publicKey),
      revision: 12_345,
    })
  })
})

describe('a message is refused', () => {
  const announced = (count: number) =>
    signedMessage(
      key,
      Buffer.concat([Buffer.of(8, count), ...Array(count).fill(Buffer.of(0xc4, 1, 9, 0xc3, 0))]),
    )

  it.each([
    ['with bytes after its end', fromHex(`${vectorOf('registryQuery').wire}00`)],
    ['that is cut short', fromHex(vectorOf('registryQuery').wire.slice(0, -2))],
    ['about a key of another kind', fromHex(vectorOf('registryQuery').wire.replace('21ed', '21ec'))],
    ['about a hash of another kind', fromHex(vectorOf('hashQuery').wire.replace('211f', '2112'))],
    ['of an entry that is a byte too long', fromHex(`${entryVector.wire}00`)],
    [
      'with a signature that does not fit',
      fromHex(vectorOf('handshakeDone').wire.replace('c440e2', 'c440e3')),
    ],
    ['that announces more peers than anyone has', announced(65)],
    ['that lists half an item', encodeListing('blobs', hash, false, [hash.subarray(1)])],
    ['of a listing of nothing known', Buffer.from([0x60, 9, 0xc4, 0])],
  ])('%s', (_, wire) => {
    expect(() => decodeMessage(new Uint8Array(wire))).toThrow(MalformedMessageError)
  })

  it('not when it announces a few peers, nor when its kind is unknown', () => {
    expect(decodeMessage(announced(3))).toMatchObject({ kind: 'announcePeers', peers: 3 })
    expect(decodeMessage(Uint8Array.of(0x7f, 1, 2))).toBeUndefined()
    expect(decodeMessage(new Uint8Array())).toBeUndefined()
  })
})

it('whatever bytes come, they are a message, an unknown one, or malformed', () => {
  const wires = [...vectors.map(({ wire }) => fromHex(wire)), fromHex(entryVector.wire)]
  const mutated = fc
    .tuple(fc.constantFrom(...wires), fc.nat(), fc.nat(255), fc.nat(80))
    .map(([wire, at, byte, cut]) => {
      const changed = wire.slice(0, wire.length - (cut > 40 ? 0 : cut))
      changed[at % changed.length] = byte
      return changed
    })
  const random = fc
    .tuple(fc.constantFrom(1, 4, 7, 10, 13, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65), fc.uint8Array())
    .map(([method, rest]) => Uint8Array.of(method, ...rest))
  fc.assert(
    fc.property(fc.oneof(mutated, random, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      try {
        decodeMessage(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessageError)
      }
    }),
    { numRuns: 3_000 },
  )
})
