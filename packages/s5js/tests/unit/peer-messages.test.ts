import { expect, test } from 'vitest'
import { CorruptDataError, deserializeRegistryEntry, JSCryptoImplementation } from '../../src/index'
import { decodeMessage, decodeSignedContent } from '../../src/p2p/decode-message'
import { encodeMessage, encodeSignedContent, signMessage } from '../../src/p2p/encode-message'
import type { SignedContent } from '../../src/p2p/peer-message'
import { createStorageLocation, verifyStorageLocation } from '../../src/p2p/storage-location'
import { fromHex, toHex } from '../support/hex'
import vectors from '../vectors/peer-messages.json'

const keyPair = await new JSCryptoImplementation().newKeyPairEd25519(fromHex(vectors.seedHex))

test('a registry query has the bytes that upstream sends', () => {
  const message = { type: 'registryQuery', pk: fromHex(vectors.registryQuery.pk) } as const
  expect(toHex(encodeMessage(message))).toBe(vectors.registryQuery.wire)
  expect(decodeMessage(fromHex(vectors.registryQuery.wire))).toEqual(message)
})

test('a hash query has the bytes that upstream sends', () => {
  const { hash, kinds, wire } = vectors.hashQuery
  const message = { type: 'hashQuery', hash: fromHex(hash), kinds } as const
  expect(toHex(encodeMessage(message))).toBe(wire)
  expect(decodeMessage(fromHex(wire))).toEqual(message)
})

test('the opening of a handshake has the bytes that upstream sends, and may name a network', () => {
  const { challenge, wire } = vectors.handshakeOpen
  const message = { type: 'handshakeOpen', challenge: fromHex(challenge) } as const
  expect(toHex(encodeMessage(message))).toBe(wire)
  expect(decodeMessage(fromHex(wire))).toEqual(message)
  const named = { ...message, networkId: 'a network' }
  expect(decodeMessage(encodeMessage(named))).toEqual(named)
})

test('the answer of a handshake has the signed bytes that upstream sends', async () => {
  const { challenge, content, wire } = vectors.handshakeDone
  const done = { type: 'handshakeDone', challenge: fromHex(challenge), features: 3, uris: [] } as const
  expect(toHex(encodeSignedContent({ ...done, uris: [] }))).toBe(content)
  expect(toHex(await signMessage(keyPair, { ...done, uris: [] }))).toBe(wire)
  const message = decodeMessage(fromHex(wire))
  expect(message).toMatchObject({ type: 'signed', signer: keyPair.publicKey })
  expect(message.type === 'signed' && decodeSignedContent(message.content)).toEqual(done)
})

test('a storage location has the signed bytes that upstream reads', async () => {
  const { hash, kind, expiresAtSeconds, url, wire } = vectors.storageLocation
  const unsigned = { hash: fromHex(hash), kind, expiresAtSeconds, parts: [url] }
  const location = await createStorageLocation(keyPair, unsigned)
  expect(toHex(encodeMessage({ type: 'storageLocation', location }))).toBe(wire)
  expect(decodeMessage(fromHex(wire))).toEqual({ type: 'storageLocation', location })
  expect(await verifyStorageLocation(location)).toBe(true)
  for (const change of [
    { hash: location.hash.with(5, 0) },
    { kind: 5 },
    { expiresAtSeconds: 2 ** 32 - 1 },
    { parts: ['http://other/'] },
    { parts: [url, ''] },
    { signer: new Uint8Array(33).fill(0xed) },
  ]) {
    expect(await verifyStorageLocation({ ...location, ...change })).toBe(false)
  }
})

test('a registry entry is a message of its own', () => {
  const wire = fromHex(vectors.registryEntry.wire)
  const message = { type: 'registryEntry', entry: deserializeRegistryEntry(wire) } as const
  expect(decodeMessage(wire)).toEqual(message)
  expect(encodeMessage(message)).toEqual(wire)
})

test('announced peers survive the wire', () => {
  const announced: SignedContent = {
    type: 'announcePeers',
    peers: [
      { id: keyPair.publicKey, isConnected: true, uris: ['wss://one/s5/p2p', 'ws://two'] },
      { id: keyPair.publicKey, isConnected: false, uris: [] },
    ],
  }
  expect(decodeSignedContent(encodeSignedContent(announced))).toEqual(announced)
})

test('text of any length and any characters survives the wire, a byte order mark too', () => {
  for (const text of ['', 'x'.repeat(31), 'x'.repeat(32), 'é'.repeat(200), '\ufeffa', '🌍']) {
    const challenge = new Uint8Array(32)
    const message = { type: 'handshakeOpen', challenge, networkId: text } as const
    expect(decodeMessage(encodeMessage(message))).toEqual(message)
  }
})

test('a message cut anywhere, or with anything after it, is corrupt', () => {
  const wires = Object.values(vectors).flatMap((vector) => (typeof vector === 'string' ? [] : [vector.wire]))
  for (const wire of wires.map(fromHex)) {
    for (let length = 0; length < wire.length; length++) {
      expect(() => decodeMessage(wire.subarray(0, length))).toThrow(CorruptDataError)
    }
    expect(() => decodeMessage(Uint8Array.of(...wire, 0))).toThrow(CorruptDataError)
  }
})

test('a message that claims to be longer than it is, or than it may be, is corrupt', () => {
  for (const hex of [
    '01c5ffff',
    '01c6ffffffff',
    `0dc422${vectors.registryQuery.pk}00`,
    `0dc421ee${vectors.registryQuery.pk.slice(2)}`,
    `${vectors.hashQuery.wire.slice(0, -6)}dd7fffffff`,
    `${vectors.hashQuery.wire.slice(0, -6)}9f0305`,
    `${vectors.handshakeOpen.wire}a2fffe`,
    `05${'00'.repeat(38)}ff${'00'.repeat(200)}`,
    `05${'00'.repeat(38)}01ffff${'00'.repeat(200)}`,
  ]) {
    expect(() => decodeMessage(fromHex(hex))).toThrow(CorruptDataError)
  }
  expect(() => decodeMessage(new Uint8Array(70_000).fill(9))).toThrow(CorruptDataError)
  const manyPeers = Uint8Array.of(8, 0xce, 0xff, 0xff, 0xff, 0xff)
  expect(() => decodeSignedContent(manyPeers)).toThrow(CorruptDataError)
})

test('what nodes of another kind say is unknown, not corrupt', () => {
  for (const type of [0, 3, 6, 8, 9, 12, 14, 127, 255]) {
    expect(decodeMessage(Uint8Array.of(type, 1, 2, 3))).toEqual({ type: 'unknown' })
  }
  expect(decodeSignedContent(Uint8Array.of(99, 1))).toEqual({ type: 'unknown' })
})
