import { concatBytes } from '../codec/bytes'
import type { Signer } from '../crypto/ed25519'
import { isPublicKey, SIGNATURE_BYTES, verifyEd25519 } from '../crypto/ed25519'
import { encodeEntry, parseEntry, type RegistryEntry } from '../registry/entry'
import { MalformedMessageError, MessageReader } from './msgpack-reader'
import { packBinary, packUint } from './msgpack-writer'
import { PORTAL_METHODS, type PortalMessage, readPortalMessage } from './portal-messages'

/** Messages of the S5 peer protocol, by their first byte. */
const METHODS = {
  handshakeOpen: 1,
  handshakeDone: 2,
  hashQuery: 4,
  registryEntry: 7,
  announcePeers: 8,
  signed: 10,
  registryQuery: 13,
} as const

/** Everything a full S5 node does. */
const FEATURES = 3
/** The multihash byte of BLAKE3 in peer messages, and the one in blob ids; queries may come with either. */
const BLAKE3_BYTES: readonly number[] = [0x1f, 0x1e]
const PUBLIC_KEY_BYTES = 33
const MAX_CHALLENGE_BYTES = 128
const MAX_URIS = 16
const MAX_ANNOUNCED_PEERS = 64
const MAX_TEXT_BYTES = 512

/** A message of a peer, its form checked. */
export type PeerMessage =
  | { readonly kind: 'handshakeOpen'; readonly challenge: Uint8Array }
  | { readonly kind: 'handshakeDone'; readonly signer: Uint8Array; readonly challenge: Uint8Array }
  | { readonly kind: 'announcePeers'; readonly signer: Uint8Array; readonly peers: number }
  | { readonly kind: 'hashQuery'; readonly hash: Uint8Array; readonly types: readonly number[] }
  | { readonly kind: 'registryQuery'; readonly pk: Uint8Array }
  | { readonly kind: 'registryEntry'; readonly entry: RegistryEntry }
  | PortalMessage

/** `handshakeOpen`: whoever gets it answers by signing the challenge. Nothing may follow the challenge. */
export function encodeHandshakeOpen(challenge: Uint8Array): Uint8Array {
  return concatBytes(packUint(METHODS.handshakeOpen), packBinary(challenge))
}

/** `handshakeDone` for the challenge of the other side, signed; it names no addresses. */
export function encodeHandshakeDone(challenge: Uint8Array, signer: Signer): Uint8Array {
  const inner = concatBytes(
    packUint(METHODS.handshakeDone),
    packBinary(challenge),
    packUint(FEATURES),
    packUint(0),
  )
  return encodeSigned(inner, signer)
}

export function encodeRegistryQuery(pk: Uint8Array): Uint8Array {
  return concatBytes(packUint(METHODS.registryQuery), packBinary(pk))
}

export function encodeRegistryEntry(entry: RegistryEntry): Uint8Array {
  return encodeEntry(entry)
}

/**
 * Reads one message. The signature of a signed message is verified here; that of a registry entry is the
 * registry's business.
 *
 * @returns `undefined` for a kind of message that this portal has no use for
 * @throws MalformedMessageError
 */
export function decodeMessage(bytes: Uint8Array): PeerMessage | undefined {
  const reader = new MessageReader(bytes)
  const method = bytes[0]
  switch (method) {
    case METHODS.handshakeOpen:
      return readHandshakeOpen(reader)
    case METHODS.signed:
      return readSigned(reader)
    case METHODS.hashQuery:
      return readHashQuery(reader)
    case METHODS.registryQuery:
      return { kind: 'registryQuery', pk: readLast(reader, readPublicKey) }
    case METHODS.registryEntry:
      return { kind: 'registryEntry', entry: requireEntry(bytes) }
    default:
      return method !== undefined && PORTAL_METHODS.has(method) ? readPortalMessage(reader) : undefined
  }
}

function encodeSigned(inner: Uint8Array, signer: Signer): Uint8Array {
  return concatBytes(
    packUint(METHODS.signed),
    packBinary(signer.publicKey),
    packBinary(signer.sign(inner)),
    packBinary(inner),
  )
}

/** Other nodes may put the name of their network behind the challenge. */
function readHandshakeOpen(reader: MessageReader): PeerMessage {
  reader.uint()
  return { kind: 'handshakeOpen', challenge: reader.binary(1, MAX_CHALLENGE_BYTES) }
}

function readSigned(reader: MessageReader): PeerMessage | undefined {
  reader.uint()
  const signer = readPublicKey(reader)
  const signature = reader.binary(SIGNATURE_BYTES, SIGNATURE_BYTES)
  const inner = reader.binary(1, 0xffff)
  reader.end()
  const read = SIGNED_READERS.get(inner[0] ?? 0)
  if (read === undefined) return undefined
  if (!verifyEd25519(signer, inner, signature)) throw new MalformedMessageError('the signature does not fit')
  return read(new MessageReader(inner), signer)
}

const SIGNED_READERS = new Map<number, (inner: MessageReader, signer: Uint8Array) => PeerMessage>([
  [METHODS.handshakeDone, readHandshakeDone],
  [METHODS.announcePeers, readAnnouncedPeers],
])

function readHandshakeDone(inner: MessageReader, signer: Uint8Array): PeerMessage {
  inner.uint()
  const challenge = inner.binary(1, MAX_CHALLENGE_BYTES)
  inner.uint()
  readUris(inner)
  return { kind: 'handshakeDone', signer, challenge }
}

function readAnnouncedPeers(inner: MessageReader, signer: Uint8Array): PeerMessage {
  inner.uint()
  const peers = inner.uint()
  if (peers > MAX_ANNOUNCED_PEERS) throw new MalformedMessageError('too many peers are announced')
  for (let index = 0; index < peers; index++) {
    inner.binary(1, MAX_CHALLENGE_BYTES)
    inner.boolean()
    readUris(inner)
  }
  inner.end()
  return { kind: 'announcePeers', signer, peers }
}

function readUris(reader: MessageReader): void {
  const count = reader.uint()
  if (count > MAX_URIS) throw new MalformedMessageError('there are too many addresses')
  for (let index = 0; index < count; index++) reader.text(MAX_TEXT_BYTES)
}

function readHashQuery(reader: MessageReader): PeerMessage {
  reader.uint()
  const multihash = reader.binary(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES)
  if (!BLAKE3_BYTES.includes(multihash[0] ?? 0)) throw new MalformedMessageError('the hash is not BLAKE3')
  const types = Array.from({ length: reader.arrayLength(15) }, () => reader.uint())
  reader.end()
  return { kind: 'hashQuery', hash: multihash.slice(1), types }
}

function readPublicKey(reader: MessageReader): Uint8Array {
  const key = reader.binary(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES).slice()
  if (!isPublicKey(key)) throw new MalformedMessageError('the public key is of another kind')
  return key
}

/** The one value after the method, with nothing behind it. */
function readLast<T>(reader: MessageReader, read: (reader: MessageReader) => T): T {
  reader.uint()
  const value = read(reader)
  reader.end()
  return value
}

function requireEntry(bytes: Uint8Array): RegistryEntry {
  const entry = parseEntry(bytes)
  if (entry === undefined) throw new MalformedMessageError('the registry entry has a wrong length')
  return entry
}
