import type { RegistryEntry } from '../registry/entry'
import type { StorageLocation } from './storage-location'

/** First bytes of the messages that are MessagePack; the other two are signed records. */
export const METHOD = {
  handshakeOpen: 0x01,
  handshakeDone: 0x02,
  hashQuery: 0x04,
  announcePeers: 0x08,
  signed: 0x0a,
  registryQuery: 0x0d,
} as const

/** What S5 nodes have to support: sockets of this kind. Others are no peers of ours. */
export const SUPPORTED_FEATURES = 3

export interface AnnouncedPeer {
  id: Uint8Array
  isConnected: boolean
  uris: string[]
}

/** What may stand inside a signed message. */
export type SignedContent =
  | { type: 'handshakeDone'; challenge: Uint8Array; features: number; uris: string[] }
  | { type: 'announcePeers'; peers: AnnouncedPeer[] }
  | { type: 'unknown' }

/** One WebSocket message of the S5 network. `unknown` ones are for nodes of another kind. */
export type PeerMessage =
  | { type: 'handshakeOpen'; challenge: Uint8Array; networkId?: string }
  | { type: 'hashQuery'; hash: Uint8Array; kinds: number[] }
  | { type: 'registryQuery'; pk: Uint8Array }
  | { type: 'registryEntry'; entry: RegistryEntry }
  | { type: 'storageLocation'; location: StorageLocation }
  | { type: 'signed'; signer: Uint8Array; signature: Uint8Array; content: Uint8Array }
  | { type: 'unknown' }

/** One that we send, too. */
export type KnownPeerMessage = Exclude<PeerMessage, { type: 'unknown' }>
