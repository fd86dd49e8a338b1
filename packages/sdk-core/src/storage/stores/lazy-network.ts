import type { RegistryKey } from '../../crypto/keys'
import { ClosedError } from '../../errors/identity-errors'
import type { Network, PointerKey, TransferStats, Witness } from '../network'
import { untilAborted } from '../until-aborted'

/**
 * A network that is connected to by its first call. A connection that failed is tried anew by the next one.
 */
export class LazyNetwork implements Network {
  readonly #connect: () => Promise<Network>
  #connecting: Promise<Network> | undefined
  #connected: Network | undefined
  #isClosed = false

  constructor(connect: () => Promise<Network>) {
    this.#connect = connect
  }

  connect(): Promise<Network> {
    this.#connecting ??= this.#open()
    return this.#connecting
  }

  get writeQuorum(): number {
    return this.#now().writeQuorum
  }

  get readQuorum(): number {
    return this.#now().readQuorum
  }

  async pointerKey(key: RegistryKey, onDissent: () => void): Promise<PointerKey> {
    return (await this.connect()).pointerKey(key, onDissent)
  }

  async hash(blob: Uint8Array): Promise<Uint8Array> {
    return (await this.connect()).hash(blob)
  }

  cidOf(hash: Uint8Array, size: number): string {
    return this.#now().cidOf(hash, size)
  }

  async upload(blob: Uint8Array, signal: AbortSignal): Promise<void> {
    const network = await untilAborted(signal, this.connect())
    return network.upload(blob, signal)
  }

  async download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const network = await untilAborted(signal, this.connect())
    return network.download(hash, maxBytes, signal)
  }

  async pin(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    const network = await untilAborted(signal, this.connect())
    return network.pin(hash, signal)
  }

  async forget(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    const network = await untilAborted(signal, this.connect())
    return network.forget(hash, signal)
  }

  witnesses(): readonly Witness[] {
    return this.#now().witnesses()
  }

  getStats(): TransferStats {
    return this.#connected?.getStats() ?? { requests: 0, bytesUp: 0, bytesDown: 0 }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#connected?.close()
  }

  /** For what is only asked once a pointer was opened or a blob hashed. */
  #now(): Network {
    if (this.#connected === undefined) throw new Error('the network is not connected yet')
    return this.#connected
  }

  async #open(): Promise<Network> {
    try {
      if (this.#isClosed) throw new ClosedError()
      const network = await this.#connect()
      this.#connected = network
      if (this.#isClosed) await network.close()
      return network
    } catch (error) {
      this.#connecting = undefined
      throw error
    }
  }
}
