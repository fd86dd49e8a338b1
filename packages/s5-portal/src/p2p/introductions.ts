import { randomBytes, timingSafeEqual } from 'node:crypto'
import { bytesEqual } from '../codec/bytes'
import type { PeerConnection } from './connection'
import { encodeIntroduced, encodeIntroduction, NONCE_BYTES } from './portal-messages'

/**
 * Finds out which of the portals that came to this one are among those it calls itself. The handshake does
 * not tell: whoever stands between two nodes can pass challenge and answer on. So a nonce goes over the
 * connection that this portal has made to a configured URI, and who brings it back on another connection is
 * who listens at that URI.
 */
export class Introductions {
  /** What was sent over connections that this portal has made. */
  readonly #nonceByDialed = new Map<PeerConnection, Uint8Array>()
  /** What came in from portals that called, and is to be brought back to them. */
  readonly #nonceByCaller = new Map<PeerConnection, Uint8Array>()
  readonly #proven = new WeakSet<PeerConnection>()

  isProven(connection: PeerConnection): boolean {
    return this.#proven.has(connection)
  }

  /** Must be called when a portal at a configured URI has proved its key. */
  begin(dialed: PeerConnection): void {
    const nonce = randomBytes(NONCE_BYTES)
    this.#nonceByDialed.set(dialed, nonce)
    dialed.send(encodeIntroduction(nonce))
    for (const [caller, callersNonce] of this.#nonceByCaller) bringBack(callersNonce, caller, dialed)
  }

  /** A portal that called wants its nonce brought back; that happens on connections this one has made. */
  noteCaller(caller: PeerConnection, nonce: Uint8Array): void {
    this.#nonceByCaller.set(caller, nonce)
    for (const dialed of this.#nonceByDialed.keys()) bringBack(nonce, caller, dialed)
  }

  /** @returns whether the nonce that was brought back is one that was sent. */
  prove(caller: PeerConnection, nonce: Uint8Array): boolean {
    const isKnown = [...this.#nonceByDialed.values()].some((sent) => timingSafeEqual(sent, nonce))
    if (isKnown) this.#proven.add(caller)
    return isKnown
  }

  forget(connection: PeerConnection): void {
    this.#nonceByDialed.delete(connection)
    this.#nonceByCaller.delete(connection)
  }
}

function bringBack(nonce: Uint8Array, caller: PeerConnection, dialed: PeerConnection): void {
  if (caller.nodeKey === undefined || dialed.nodeKey === undefined) return
  if (bytesEqual(caller.nodeKey, dialed.nodeKey)) dialed.send(encodeIntroduced(nonce))
}
