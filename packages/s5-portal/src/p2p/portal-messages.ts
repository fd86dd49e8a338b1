import { concatBytes, decodeUint64, encodeUint64 } from '../codec/bytes'
import { isPublicKey } from '../crypto/ed25519'
import { MalformedMessageError, type MessageReader } from './msgpack-reader'
import { packBinary, packBoolean, packUint } from './msgpack-writer'

/**
 * What portals of this kind say to each other, beyond the S5 protocol, which has no listings and no way to
 * say "I have none". Sent only to peers that announced `PORTAL_HEADER` before the first message.
 */
const METHODS = {
  listingQuery: 0x60,
  listing: 0x61,
  pieceQuery: 0x62,
  piece: 0x63,
  entryAbsent: 0x64,
  blobStored: 0x65,
} as const

/** The first bytes of these messages. */
export const PORTAL_METHODS: ReadonlySet<number> = new Set(Object.values(METHODS))

/** The header in which a portal announces, when it opens a socket and when it accepts one, that it speaks this. */
export const PORTAL_HEADER = 's5-portal-peer'

/** The most that one `piece` carries; with its head it stays below the 64 KiB of a message. */
export const PIECE_BYTES = 48 * 1024
/** The most items of one `listing`. */
export const LISTING_ITEMS = 1_000

const KEY_BYTES = 33
const HASH_BYTES = 32
const MAX_ITEM_BYTES = KEY_BYTES + 8
const SUBJECTS = ['entries', 'blobs'] as const

/** What a listing is about: all registry entries, or all blobs that accounts pin. */
export type ListingSubject = (typeof SUBJECTS)[number]

export type PortalMessage =
  | { readonly kind: 'listingQuery'; readonly subject: ListingSubject; readonly after: Uint8Array }
  | {
      readonly kind: 'listing'
      readonly subject: ListingSubject
      /** The key of the query it answers. */
      readonly after: Uint8Array
      readonly isLast: boolean
      /** Entries as key and revision (8 bytes, little-endian), or hashes; in the order of their bytes. */
      readonly items: readonly Uint8Array[]
    }
  | { readonly kind: 'pieceQuery'; readonly hash: Uint8Array; readonly offset: number }
  | ({ readonly kind: 'piece' } & Piece)
  | { readonly kind: 'entryAbsent'; readonly pk: Uint8Array }
  | { readonly kind: 'blobStored'; readonly hash: Uint8Array }

/** A part of a blob. */
export interface Piece {
  readonly hash: Uint8Array
  readonly offset: number
  /** Of the whole blob, in bytes; `undefined`: the portal does not have it. */
  readonly size: number | undefined
  readonly bytes: Uint8Array
}

/** Asks for the next part of a listing, after the key `after`; an empty one asks for the first. */
export function encodeListingQuery(subject: ListingSubject, after: Uint8Array): Uint8Array {
  return concatBytes(packUint(METHODS.listingQuery), packUint(SUBJECTS.indexOf(subject)), packBinary(after))
}

export function encodeListing(
  subject: ListingSubject,
  after: Uint8Array,
  isLast: boolean,
  items: readonly Uint8Array[],
): Uint8Array {
  const head = [packUint(METHODS.listing), packUint(SUBJECTS.indexOf(subject)), packBinary(after)]
  return concatBytes(...head, packBoolean(isLast), packBinary(concatBytes(...items)))
}

/** One line of a listing of entries. */
export function encodeEntryItem(pk: Uint8Array, revision: number): Uint8Array {
  return concatBytes(pk, encodeUint64(revision))
}

/** The inverse of `encodeEntryItem`. */
export function decodeEntryItem(item: Uint8Array): { pk: Uint8Array; revision: number } {
  return { pk: item.slice(0, KEY_BYTES), revision: decodeUint64(item, KEY_BYTES) }
}

export function encodePieceQuery(hash: Uint8Array, offset: number): Uint8Array {
  return concatBytes(packUint(METHODS.pieceQuery), packBinary(hash), packUint(offset))
}

export function encodePiece({ hash, offset, size, bytes }: Piece): Uint8Array {
  const head = [packUint(METHODS.piece), packBinary(hash), packUint(offset)]
  return concatBytes(...head, packUint(size === undefined ? 0 : size + 1), packBinary(bytes))
}

export function encodeEntryAbsent(pk: Uint8Array): Uint8Array {
  return concatBytes(packUint(METHODS.entryAbsent), packBinary(pk))
}

/** Tells of a blob that an account has just stored. */
export function encodeBlobStored(hash: Uint8Array): Uint8Array {
  return concatBytes(packUint(METHODS.blobStored), packBinary(hash))
}

/** @throws MalformedMessageError */
export function readPortalMessage(reader: MessageReader): PortalMessage | undefined {
  const message = readByMethod(reader.uint(), reader)
  reader.end()
  return message
}

function readByMethod(method: number, reader: MessageReader): PortalMessage | undefined {
  switch (method) {
    case METHODS.listingQuery:
      return {
        kind: 'listingQuery',
        subject: readSubject(reader),
        after: reader.binary(0, KEY_BYTES).slice(),
      }
    case METHODS.listing:
      return readListing(reader)
    case METHODS.pieceQuery:
      return { kind: 'pieceQuery', hash: readHash(reader), offset: reader.uint() }
    case METHODS.piece:
      return readPiece(reader)
    case METHODS.entryAbsent:
      return { kind: 'entryAbsent', pk: reader.binary(KEY_BYTES, KEY_BYTES).slice() }
    case METHODS.blobStored:
      return { kind: 'blobStored', hash: readHash(reader) }
    default:
      return undefined
  }
}

function readListing(reader: MessageReader): PortalMessage {
  const subject = readSubject(reader)
  const after = reader.binary(0, KEY_BYTES).slice()
  const isLast = reader.boolean()
  const items = splitItems(reader.binary(0, LISTING_ITEMS * MAX_ITEM_BYTES), subject)
  return { kind: 'listing', subject, after, isLast, items }
}

function splitItems(bytes: Uint8Array, subject: ListingSubject): Uint8Array[] {
  const itemBytes = subject === 'entries' ? MAX_ITEM_BYTES : HASH_BYTES
  if (bytes.length % itemBytes !== 0) throw new MalformedMessageError('a listing breaks off inside an item')
  const items = Array.from({ length: bytes.length / itemBytes }, (_, index) =>
    bytes.slice(index * itemBytes, (index + 1) * itemBytes),
  )
  const isKeyed = subject === 'blobs' || items.every((item) => isPublicKey(item.subarray(0, KEY_BYTES)))
  if (!isKeyed) throw new MalformedMessageError('a listing has a key of another kind')
  return items
}

function readPiece(reader: MessageReader): PortalMessage {
  const hash = readHash(reader)
  const offset = reader.uint()
  const size = reader.uint() - 1
  const bytes = reader.binary(0, PIECE_BYTES).slice()
  return { kind: 'piece', hash, offset, size: size < 0 ? undefined : size, bytes }
}

function readHash(reader: MessageReader): Uint8Array {
  return reader.binary(HASH_BYTES, HASH_BYTES).slice()
}

function readSubject(reader: MessageReader): ListingSubject {
  const subject = SUBJECTS[reader.uint()]
  if (subject === undefined) throw new MalformedMessageError('a listing is of an unknown subject')
  return subject
}
