import { CorruptDataError } from '../errors/data-errors'
import { isRegistryKey } from '../registry/entry-shape'
import { deserializeRegistryEntry } from '../registry/entry-wire'
import { MessagePackReader } from './message-pack'
import { type AnnouncedPeer, METHOD, type PeerMessage, type SignedContent } from './peer-message'
import { deserializeStorageLocation, STORAGE_LOCATION } from './storage-location'

/** Longer messages are refused unread. No message of the protocol comes near it. */
export const MAX_MESSAGE_BYTES = 64 * 1024

const REGISTRY_ENTRY = 0x07
const MAX_CHALLENGE_BYTES = 255
const MAX_TEXT_BYTES = 2048
const MAX_URIS = 16
const MAX_PEERS = 127

/** Checks the shape, but no signature: whoever uses a message does. @throws CorruptDataError */
export function decodeMessage(bytes: Uint8Array): PeerMessage {
  const type = bytes[0]
  if (type === undefined || bytes.length > MAX_MESSAGE_BYTES) {
    throw new CorruptDataError('A peer sent a message that is empty or too long')
  }
  if (type === REGISTRY_ENTRY) return { type: 'registryEntry', entry: deserializeRegistryEntry(bytes) }
  if (type === STORAGE_LOCATION) {
    return { type: 'storageLocation', location: deserializeStorageLocation(bytes) }
  }
  const reader = new MessagePackReader(bytes, 1)
  const message = readMessage(type, reader)
  if (message.type !== 'unknown') reader.requireEnd()
  return message
}

/** @throws CorruptDataError */
export function decodeSignedContent(bytes: Uint8Array): SignedContent {
  const reader = new MessagePackReader(bytes, 1)
  if (bytes[0] === METHOD.handshakeDone) {
    const challenge = reader.readBytes(MAX_CHALLENGE_BYTES)
    const features = reader.readInt()
    const uris = readUris(reader)
    reader.requireEnd()
    return { type: 'handshakeDone', challenge, features, uris }
  }
  if (bytes[0] !== METHOD.announcePeers) return { type: 'unknown' }
  const peers = Array.from({ length: bounded(reader.readInt(), MAX_PEERS) }, () => readPeer(reader))
  reader.requireEnd()
  return { type: 'announcePeers', peers }
}

function readMessage(type: number, reader: MessagePackReader): PeerMessage {
  switch (type) {
    case METHOD.handshakeOpen: {
      const challenge = reader.readBytes(MAX_CHALLENGE_BYTES)
      if (reader.isAtEnd) return { type: 'handshakeOpen', challenge }
      return { type: 'handshakeOpen', challenge, networkId: reader.readText(MAX_TEXT_BYTES) }
    }
    case METHOD.hashQuery: {
      const hash = exactly(33, reader)
      const kinds = Array.from({ length: reader.readArrayLength(15) }, () => reader.readInt())
      return { type: 'hashQuery', hash, kinds }
    }
    case METHOD.registryQuery:
      return { type: 'registryQuery', pk: readKey(reader) }
    case METHOD.signed: {
      const signer = readKey(reader)
      return {
        type: 'signed',
        signer,
        signature: exactly(64, reader),
        content: reader.readBytes(MAX_MESSAGE_BYTES),
      }
    }
    default:
      return { type: 'unknown' }
  }
}

function readPeer(reader: MessagePackReader): AnnouncedPeer {
  const id = readKey(reader)
  return { id, isConnected: reader.readBoolean(), uris: readUris(reader) }
}

function readUris(reader: MessagePackReader): string[] {
  const count = bounded(reader.readInt(), MAX_URIS)
  return Array.from({ length: count }, () => reader.readText(MAX_TEXT_BYTES))
}

function readKey(reader: MessagePackReader): Uint8Array {
  const key = reader.readBytes(33)
  if (!isRegistryKey(key)) throw new CorruptDataError('A peer sent something else in place of a public key')
  return key
}

function exactly(length: number, reader: MessagePackReader): Uint8Array {
  const bytes = reader.readBytes(length)
  if (bytes.length !== length) throw new CorruptDataError('A peer sent a value of a wrong length')
  return bytes
}

function bounded(count: number, max: number): number {
  if (count > max) throw new CorruptDataError('A peer sent a list that is too long')
  return count
}
