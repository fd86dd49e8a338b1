import { bytesToHex } from '@noble/hashes/utils.js'
import { mapInParallel } from '../map-in-parallel'
import type { Network } from '../network'

const PINS_AT_ONCE = 8

/** Has the owner's account keep the blobs of a shared conversation, whoever uploaded them. */
export class ForeignPins {
  readonly #network: Network
  readonly #kept = new Set<string>()

  constructor(network: Network) {
    this.#network = network
  }

  /** These were uploaded by this device. */
  add(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) this.#kept.add(bytesToHex(hash))
  }

  /** Resolves when all of them are kept. @throws StoreUnavailableError */
  async keep(hashes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const open = hashes.filter((hash) => !this.#kept.has(bytesToHex(hash)))
    await mapInParallel(open, PINS_AT_ONCE, (hash) => this.#network.pin(hash, signal))
    this.add(open)
  }
}
