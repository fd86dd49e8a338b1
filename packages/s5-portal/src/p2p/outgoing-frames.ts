import type { WebSocket } from 'ws'
import type { Faults } from '../faults/faults'

/** A peer that has so many bytes waiting does not read; it can ask again when it comes back. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
/** How long a push waits for one to be overtaken by. */
const OVERTAKE_MS = 50

/** The way out of a socket, where frames are lost, doubled and reordered when faults say so. */
export class OutgoingFrames {
  readonly #socket: WebSocket
  readonly #faults: Faults | undefined
  #held: Uint8Array | undefined
  #heldTimer: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, faults: Faults | undefined) {
    this.#socket = socket
    this.#faults = faults
  }

  send(bytes: Uint8Array): void {
    if (this.#faults?.strikes('dropAnswers', 'p2p')) return
    this.#write(bytes)
    if (this.#faults?.strikes('duplicate', 'p2p')) this.#write(bytes)
  }

  push(bytes: Uint8Array): void {
    if (this.#held === undefined && this.#faults?.touches('reorderPushes')) {
      this.#held = bytes
      this.#heldTimer = setTimeout(() => this.#sendHeld(), OVERTAKE_MS)
      return
    }
    this.send(bytes)
    this.#sendHeld()
  }

  stop(): void {
    clearTimeout(this.#heldTimer)
    this.#held = undefined
  }

  #sendHeld(): void {
    clearTimeout(this.#heldTimer)
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) this.send(held)
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) this.#socket.terminate()
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes)
  }
}
