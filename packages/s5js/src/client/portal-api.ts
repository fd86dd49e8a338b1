import type { BlobDownloads } from '../blob/blob-downloads'
import { DEFAULT_MAX_DOWNLOAD_BYTES } from '../blob/blob-downloads'
import type { BlobPins } from '../blob/blob-pins'
import { type BlobUploads, prepareBlob } from '../blob/blob-uploads'
import { loadBlake3 } from '../crypto/blake3'
import type { CryptoImplementation } from '../crypto/crypto-implementation'
import { UnsupportedError } from '../errors/caller-errors'
import type { Call, CallOptions } from '../http/call-options'
import type { CallScope } from '../http/call-scope'
import type { BlobIdentifier } from '../identifier/blob-identifier'
import type { PeerNetwork } from '../p2p/peer-network'
import type { RegistryEntry } from '../registry/entry'
import type { RegistryClient } from '../registry/registry-client'
import type { RegistrySubscriptions } from '../registry/registry-subscriptions'
import type { DownloadOptions, ListenOptions, S5APIInterface } from './s5-api'

export interface PortalApiParts {
  crypto: CryptoImplementation
  scope: CallScope
  network: PeerNetwork
  registry: RegistryClient
  subscriptions: RegistrySubscriptions
  uploads: BlobUploads
  downloads: BlobDownloads
  pins: BlobPins
  /** Opens the sessions that an identity could have, if none is open. */
  logIn(call: Call): Promise<void>
}

/** Blobs and registry by way of portals and peers: gives every call its deadline and hands it on. */
export class PortalApi implements S5APIInterface {
  readonly crypto: CryptoImplementation
  readonly #parts: PortalApiParts

  constructor(parts: PortalApiParts) {
    this.crypto = parts.crypto
    this.#parts = parts
  }

  async ensureInitialized(): Promise<void> {
    this.#parts.scope.requireOpen()
    await loadBlake3()
  }

  uploadBlob(blob: Blob | Uint8Array, options: CallOptions = {}): Promise<BlobIdentifier> {
    return this.#parts.scope.run(options, async (call) => {
      const content = blob instanceof Uint8Array ? blob : new Uint8Array(await blob.arrayBuffer())
      const prepared = await prepareBlob(content)
      await this.#parts.logIn(call)
      return this.#parts.uploads.upload(prepared, call)
    })
  }

  downloadBlobAsBytes(hash: Uint8Array, options: DownloadOptions = {}): Promise<Uint8Array> {
    const { maxBytes = DEFAULT_MAX_DOWNLOAD_BYTES, fresh = false } = options
    return this.#parts.scope.run(options, (call) =>
      this.#parts.downloads.download(hash, maxBytes, call, fresh),
    )
  }

  pinHash(hash: Uint8Array, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, async (call) => {
      await this.#parts.logIn(call)
      await this.#parts.pins.pin(hash, call)
    })
  }

  unpinHash(hash: Uint8Array, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, async (call) => {
      await this.#parts.logIn(call)
      await this.#parts.pins.unpin(hash, call)
    })
  }

  registryGet(pk: Uint8Array, options: CallOptions = {}): Promise<RegistryEntry | undefined> {
    return this.#parts.scope.run(options, (call) => this.#parts.registry.get(pk, call))
  }

  registrySet(entry: RegistryEntry, options: CallOptions = {}): Promise<void> {
    return this.#parts.scope.run(options, (call) => this.#parts.registry.set(entry, call))
  }

  registryListen(
    pk: Uint8Array,
    onEntry: (entry: RegistryEntry) => void,
    options: ListenOptions = {},
  ): () => void {
    this.#parts.scope.requireOpen()
    if (this.#parts.network.isEmpty) throw new UnsupportedError('registryListen without initialPeers')
    options.signal?.throwIfAborted()
    const stop = this.#parts.subscriptions.listen(pk, onEntry)
    options.signal?.addEventListener('abort', stop, { once: true })
    return () => {
      options.signal?.removeEventListener('abort', stop)
      stop()
    }
  }

  streamSubscribe(): never {
    throw new UnsupportedError('streamSubscribe')
  }

  streamPublish(): never {
    throw new UnsupportedError('streamPublish')
  }
}
