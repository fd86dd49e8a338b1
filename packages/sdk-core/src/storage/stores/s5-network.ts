import { concatBytes } from '@noble/hashes/utils.js'
import {
  BlobIdentifier,
  BlobNotFoundError,
  createRegistryEntry,
  type DownloadOptions,
  generateSeedPhrase,
  hashBlake3,
  InvalidSeedPhraseError,
  type KeyPairEd25519,
  RegistryConflictError,
  type RegistryEntry,
  S5,
  S5Error,
  seedPhraseToEntropy,
} from '@s5-dev/s5js'
import { NotAuthenticatedError } from '../../errors/identity-errors'
import { InvalidInputError } from '../../errors/input-errors'
import { CorruptRecordError, StoreUnavailableError } from '../../errors/storage-errors'
import {
  type Network,
  type Pointer,
  PointerConflict,
  type PointerKey,
  type PointerListener,
  type Witness,
} from '../network'
import { retryWithBackoff } from '../retry'
import { S5Pushes } from './s5-pushes'

/** Marks a BLAKE3 hash in registry data and blob ids (multihash). */
const BLAKE3_CODE = 0x1e
const HASH_BYTES = 32
const SIGN_IN_RETRIES = 3
const SIGN_IN_DEADLINE_MS = 60_000

export { generateSeedPhrase }

/**
 * The 16 bytes behind a seed phrase.
 * @throws InvalidInputError that says which word is wrong, without repeating any.
 */
export function readSeedPhrase(phrase: string): Uint8Array {
  try {
    return seedPhraseToEntropy(phrase).reveal()
  } catch (error) {
    if (error instanceof InvalidSeedPhraseError) throw new InvalidInputError('seedPhrase', error.message)
    throw error
  }
}

export interface ConnectOptions {
  portal: string
  seedPhrase: string
  inviteCode?: string
}

/**
 * Signs in on a portal, with the identity's account there or a new one. A lost answer is met by signing in
 * again, after 200, 400 and 800 ms.
 * @throws StoreUnavailableError, NotAuthenticatedError, CorruptRecordError
 */
export function connectS5(options: ConnectOptions): Promise<Network> {
  return retryWithBackoff(() => signIn(options), {
    maxRetries: SIGN_IN_RETRIES,
    signal: AbortSignal.timeout(SIGN_IN_DEADLINE_MS),
  })
}

async function signIn(options: ConnectOptions): Promise<Network> {
  const s5 = await translated(() => S5.create({ portals: [options.portal], skipIdentityLoad: true }))
  try {
    await translated(async () => {
      await s5.recoverIdentityFromSeedPhrase(options.seedPhrase)
      await s5.ensurePortalAccount(options.portal, options.inviteCode)
    })
    return new S5Network(s5, new S5Pushes([options.portal]), options.portal)
  } catch (error) {
    s5.close()
    throw error
  }
}

class S5Network implements Network {
  readonly #s5: S5
  readonly #pushes: S5Pushes

  readonly #portal: string

  constructor(s5: S5, pushes: S5Pushes, portal: string) {
    this.#s5 = s5
    this.#portal = portal
    this.#pushes = pushes
  }

  async pointerKey(seed: Uint8Array): Promise<PointerKey> {
    return new S5PointerKey(this.#s5, this.#pushes, await this.#s5.crypto.newKeyPairEd25519(seed))
  }

  hash(blob: Uint8Array): Promise<Uint8Array> {
    return hashBlake3(blob)
  }

  cidOf(hash: Uint8Array, size: number): string {
    return new BlobIdentifier(withCode(hash), size).toString()
  }

  async upload(blob: Uint8Array, signal: AbortSignal): Promise<void> {
    await translated(() => this.#s5.api.uploadBlob(blob, { signal }))
  }

  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#download(hash, { maxBytes, signal })
  }

  witnesses(): readonly Witness[] {
    const download: Witness['download'] = (hash, maxBytes, signal) =>
      this.#download(hash, { maxBytes, signal, fresh: true })
    return [{ name: this.#portal, pointerKey: (seed) => this.pointerKey(seed), download }]
  }

  async #download(hash: Uint8Array, options: DownloadOptions): Promise<Uint8Array | undefined> {
    try {
      return await translated(() => this.#s5.api.downloadBlobAsBytes(withCode(hash), options))
    } catch (error) {
      if (error instanceof StoreUnavailableError && error.cause instanceof BlobNotFoundError) return undefined
      throw error
    }
  }

  async forget(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    await translated(() => this.#s5.api.unpinHash(withCode(hash), { signal }))
  }

  getStats() {
    const { requests, bytesUp, bytesDown } = this.#s5.getTransferStats()
    return { requests, bytesUp, bytesDown }
  }

  close(): void {
    this.#pushes.close()
    this.#s5.close()
  }
}

class S5PointerKey implements PointerKey {
  readonly #s5: S5
  readonly #pushes: S5Pushes
  readonly #keyPair: KeyPairEd25519

  constructor(s5: S5, pushes: S5Pushes, keyPair: KeyPairEd25519) {
    this.#s5 = s5
    this.#pushes = pushes
    this.#keyPair = keyPair
  }

  async readPointer(signal: AbortSignal): Promise<Pointer | undefined> {
    const entry = await translated(() => this.#s5.api.registryGet(this.#keyPair.publicKey, { signal }))
    return entry && toPointer(entry)
  }

  listen({ onPointer, onLive }: PointerListener): () => void {
    const onEntry = (entry: RegistryEntry) => onPointer(toPointer(entry))
    return this.#pushes.listen(this.#keyPair.publicKey, { onEntry, onLive })
  }

  async movePointer(pointer: Pointer, signal: AbortSignal): Promise<void> {
    const { revision, hash } = pointer
    const entry = await createRegistryEntry({ keyPair: this.#keyPair, data: withCode(hash), revision })
    try {
      await this.#s5.api.registrySet(entry, { signal })
    } catch (error) {
      if (error instanceof RegistryConflictError) throw toConflict(error)
      throw translateError(error)
    }
  }
}

function toConflict(error: RegistryConflictError): PointerConflict {
  return new PointerConflict(error.current && toPointer(error.current), error)
}

function toPointer(entry: RegistryEntry): Pointer {
  if (entry.data.length !== HASH_BYTES + 1 || entry.data[0] !== BLAKE3_CODE) {
    throw new CorruptRecordError('a registry entry does not name a BLAKE3 hash')
  }
  return { revision: entry.revision, hash: entry.data.slice(1) }
}

function withCode(hash: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(BLAKE3_CODE), hash)
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translateError(error)
  }
}

/** The SDK's word for what the S5 client says; an abort's reason stays as it is. */
function translateError(error: unknown): unknown {
  if (!(error instanceof S5Error)) return error
  switch (error.code) {
    case 'CORRUPT':
      return new CorruptRecordError(error.message, error)
    case 'INVALID_INPUT':
    case 'NO_PORTALS':
      return new InvalidInputError('portals', error.message)
    case 'NOT_AUTHENTICATED':
      return new NotAuthenticatedError(error.message, error)
    case 'REJECTED':
      return new StoreUnavailableError(error.message, { cause: error, retryable: error.retryable })
    default:
      return new StoreUnavailableError(error.message, { cause: error })
  }
}
