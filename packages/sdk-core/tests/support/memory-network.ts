import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { RegistryKey } from '../../src/crypto/keys'
import { StoreUnavailableError } from '../../src/errors/storage-errors'
import { silentLogger } from '../../src/observe/log'
import { type Network, type Pointer, PointerConflict, type PortalPointer } from '../../src/storage/network'
import { PortalSet } from '../../src/storage/quorum/portal-set'

/** What happens to a call: it goes through, never arrives, or arrives without its answer coming back. */
export type CallFate = 'ok' | 'lost-before' | 'lost-after'

/** Blobs and pointers in memory, shared by all devices of a test; each call may be lost. */
export class MemoryNetwork {
  readonly blobs = new Map<string, Uint8Array>()
  readonly pointers = new Map<string, Pointer>()
  /** Decides about each call. */
  fate: () => CallFate = () => 'ok'

  /** A connection of its own for one device; `cut()` makes every later call of it fail. */
  async connect(): Promise<{ network: Network; cut(): void }> {
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
    const portal = {
      name: 'memory',
      losses: 0,
      signIn: async () => {},
      pointerKey: async (key: RegistryKey) => this.#pointerKey(nameOf(key), call),
      upload: (blob: Uint8Array) => call(() => void this.blobs.set(bytesToHex(sha256(blob)), blob)),
      download: (hash: Uint8Array) => call(() => this.blobs.get(bytesToHex(hash))),
      pin: (hash: Uint8Array) => call(() => void this.blobs.get(bytesToHex(hash))),
      forget: (hash: Uint8Array) => call(() => void this.blobs.delete(bytesToHex(hash))),
      witness: {
        name: 'memory',
        pointerKey: async (key: RegistryKey) => this.#pointerKey(nameOf(key), call),
        download: (hash: Uint8Array) => call(() => this.blobs.get(bytesToHex(hash))),
      },
      getStats: () => ({ requests: 0, bytesUp: 0, bytesDown: 0 }),
      close: () => {},
    }
    const content = {
      hash: async (blob: Uint8Array) => sha256(blob),
      cidOf: (hash: Uint8Array, size: number) => `${bytesToHex(hash)}-${size}`,
    }
    const network = new PortalSet({ portals: [portal], content, log: silentLogger })
    await network.signIn(new AbortController().signal)
    return {
      network,
      cut: () => {
        isCut = true
      },
    }
  }

  #pointerKey(name: string, call: <T>(action: () => T) => Promise<T>): PortalPointer {
    return {
      readPointer: () => call(() => this.pointers.get(name)),
      movePointer: (pointer) => call(() => this.#move(name, pointer)),
    }
  }

  #move(name: string, pointer: Pointer): void {
    const current = this.pointers.get(name)
    if (current !== undefined && current.revision >= pointer.revision) {
      throw new PointerConflict(
        [{ portal: 'memory', pointer: current }],
        new Error('Revision number too low'),
      )
    }
    this.pointers.set(name, pointer)
  }
}

function nameOf(key: RegistryKey): string {
  return bytesToHex(key instanceof Uint8Array ? ed25519.getPublicKey(key) : key.publicKey)
}
