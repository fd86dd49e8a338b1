import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import { type Network, type Pointer, PointerConflict, type PointerKey } from '../../src/storage/network'

/** What happens to a call: it goes through, never arrives, or arrives without its answer coming back. */
export type CallFate = 'ok' | 'lost-before' | 'lost-after'

/** Blobs and pointers in memory, shared by all devices of a test; each call may be lost. */
export class MemoryNetwork {
  readonly blobs = new Map<string, Uint8Array>()
  readonly pointers = new Map<string, Pointer>()
  /** Decides about each call. */
  fate: () => CallFate = () => 'ok'

  /** A connection of its own for one device; `cut()` makes every later call of it fail. */
  connect(): Network & { cut(): void } {
    let isCut = false
    const call = async <T>(action: () => T): Promise<T> => {
      await new Promise((resolve) => setImmediate(resolve))
      const fate = isCut ? 'lost-before' : this.fate()
      if (fate === 'lost-before') throw new StoreUnavailableError('the request was lost')
      const result = action()
      if (fate === 'lost-after')
        throw new StoreUnavailableError('the answer was lost', { outcome: 'unknown' })
      return result
    }
    return {
      cut: () => {
        isCut = true
      },
      pointerKey: async (seed) => this.#pointerKey(bytesToHex(sha256(seed)), call),
      hash: async (blob) => sha256(blob),
      cidOf: (hash, size) => `${bytesToHex(hash)}-${size}`,
      upload: (blob) => call(() => void this.blobs.set(bytesToHex(sha256(blob)), blob)),
      download: (hash) => call(() => this.blobs.get(bytesToHex(hash))),
      forget: (hash) => call(() => void this.blobs.delete(bytesToHex(hash))),
      witnesses: () => [],
      getStats: () => ({ requests: 0, bytesUp: 0, bytesDown: 0 }),
      close: () => {},
    }
  }

  #pointerKey(name: string, call: <T>(action: () => T) => Promise<T>): PointerKey {
    return {
      readPointer: () => call(() => this.pointers.get(name)),
      movePointer: (pointer) => call(() => this.#move(name, pointer)),
    }
  }

  #move(name: string, pointer: Pointer): void {
    const current = this.pointers.get(name)
    if (current !== undefined && current.revision >= pointer.revision) {
      throw new PointerConflict(current, new Error('Revision number too low'))
    }
    this.pointers.set(name, pointer)
  }
}
