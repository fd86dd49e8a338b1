import type { PeerConnection } from './connection'
import { encodePieceQuery, PIECE_BYTES, type Piece } from './portal-messages'

/** So many pieces are on their way at once: a megabyte and a half. */
const WINDOW = 32

/** A portal that was sending a blob stopped, or sent something else. */
export class BrokenTransferError extends Error {
  override readonly name = 'BrokenTransferError'
}

/** @returns the piece at `offset`, or `undefined` when the portal does not have the blob or does not answer. */
export async function askForPiece(
  portal: PeerConnection,
  hash: Uint8Array,
  offset: number,
  ms: number,
): Promise<Piece | undefined> {
  const answer = portal.pieces.wait(pieceKey(hash, offset), ms)
  portal.send(encodePieceQuery(hash, offset))
  const piece = await answer
  return piece?.size === undefined ? undefined : piece
}

/** The key under which a piece is waited for. */
export function pieceKey(hash: Uint8Array, offset: number): string {
  return `${Buffer.from(hash).toString('hex')}/${offset}`
}

/**
 * The bytes of a blob of `size` bytes whose first piece is there already.
 *
 * @throws BrokenTransferError when a piece does not come within `ms`, or is not the one that was asked for
 */
export async function* readPieces(
  portal: PeerConnection,
  first: Piece,
  size: number,
  ms: number,
): AsyncGenerator<Uint8Array> {
  const waiting: Promise<Piece | undefined>[] = []
  let asked = PIECE_BYTES
  yield requireBytes(first, 0, size)
  for (let offset = PIECE_BYTES; offset < size; offset += PIECE_BYTES) {
    for (; asked < size && waiting.length < WINDOW; asked += PIECE_BYTES) {
      waiting.push(askForPiece(portal, first.hash, asked, ms))
    }
    yield requireBytes(await waiting.shift(), offset, size)
  }
}

function requireBytes(piece: Piece | undefined, offset: number, size: number): Uint8Array {
  const isRight = piece?.size === size && piece.bytes.length === Math.min(PIECE_BYTES, size - offset)
  if (!isRight) throw new BrokenTransferError('the portal stopped sending the blob')
  return piece.bytes
}
