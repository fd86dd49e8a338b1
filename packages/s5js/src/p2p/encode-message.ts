import { concatBytes } from '../bytes/bytes'
import { signEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { serializeRegistryEntry } from '../registry/entry-wire'
import { packArrayLength, packBoolean, packBytes, packInt, packText } from './message-pack'
import { type AnnouncedPeer, type KnownPeerMessage, METHOD, type SignedContent } from './peer-message'
import { serializeStorageLocation } from './storage-location'

/** The bytes of a message. */
export function encodeMessage(message: KnownPeerMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case 'handshakeOpen': {
      const networkId = message.networkId === undefined ? [] : [packText(message.networkId)]
      return concatBytes(packInt(METHOD.handshakeOpen), packBytes(message.challenge), ...networkId)
    }
    case 'hashQuery': {
      const kinds = message.kinds.map(packInt)
      const head = packInt(METHOD.hashQuery)
      return concatBytes(head, packBytes(message.hash), packArrayLength(kinds.length), ...kinds)
    }
    case 'registryQuery':
      return concatBytes(packInt(METHOD.registryQuery), packBytes(message.pk))
    case 'registryEntry':
      return concatBytes(serializeRegistryEntry(message.entry))
    case 'storageLocation':
      return concatBytes(serializeStorageLocation(message.location))
    case 'signed': {
      const { signer, signature, content } = message
      return concatBytes(packInt(METHOD.signed), ...[signer, signature, content].map(packBytes))
    }
  }
}

export function encodeSignedContent(content: Exclude<SignedContent, { type: 'unknown' }>): Uint8Array {
  if (content.type === 'announcePeers') {
    const peers = content.peers.flatMap(packPeer)
    return concatBytes(packInt(METHOD.announcePeers), packInt(content.peers.length), ...peers)
  }
  const { challenge, features, uris } = content
  const head = [packInt(METHOD.handshakeDone), packBytes(challenge), packInt(features)]
  return concatBytes(...head, packInt(uris.length), ...uris.map(packText))
}

/** The bytes of a message that says who speaks. */
export async function signMessage(
  keyPair: KeyPairEd25519,
  message: Exclude<SignedContent, { type: 'unknown' }>,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = encodeSignedContent(message)
  const signature = await signEd25519(keyPair, content)
  return encodeMessage({ type: 'signed', signer: keyPair.publicKey, signature, content })
}

function packPeer({ id, isConnected, uris }: AnnouncedPeer): Uint8Array[] {
  return [packBytes(id), packBoolean(isConnected), packInt(uris.length), ...uris.map(packText)]
}
