import { concatBytes } from '@noble/hashes/utils.js'
import {
  BlobIdentifier,
  BlobNotFoundError,
  createRegistryEntry,
  type DownloadOptions,
  hashBlake3,
  JSCryptoImplementation,
  type KeyPairEd25519,
  PortalRejectedError,
  RegistryConflictError,
  type RegistryEntry,
  S5,
  S5Error,
} from '@s5-dev/s5js'
import type { RegistryKey } from '../../crypto/keys'
import { NotAuthenticatedError } from '../../errors/identity-errors'
import { InvalidInputError } from '../../errors/input-errors'
import { ReadOnlyError } from '../../errors/sharing-errors'
import { CorruptRecordError, StoreUnavailableError } from '../../errors/storage-errors'
import {
  type Network,
  type Pointer,
  PointerConflict,
  type PointerListener,
  type Portal,
  type PortalPointer,
  type Witness,
} from '../network'
import { PortalSet, type PortalSetOptions } from '../quorum/portal-set'
import { retryWithBackoff } from '../retry'
import { S5Pushes } from './s5-pushes'

/** Marks a BLAKE3 hash in registry data and blob ids (multihash). */
const BLAKE3_CODE = 0x1e
const HASH_BYTES = 32
/** Marks an Ed25519 public key in the registry. */
const ED25519_KEY_TYPE = Uint8Array.of(0xed)
const SIGN_IN_RETRIES = 3
const SIGN_IN_DEADLINE_MS = 60_000
const NOT_FOUND = 404

export interface ConnectOptions {
  /** Base URLs; the first is preferred for reading blobs. */
  portals: readonly string[]
  /** Left out: nobody is signed in, and pointers can only be read. */
  seedPhrase?: string
  inviteCode?: string
  /** @default a majority */
  writeQuorum?: number
  /** @default says nothing */
  log?: PortalSetOptions['log']
}

/**
 * Signs in on a quorum of the portals, with the identity's accounts there or new ones; on the others in the
 * background. A lost answer is met by signing in again, after 200, 400 and 800 ms.
 * @throws StoreUnavailableError, NotAuthenticatedError, CorruptRecordError
 */
export async function connectS5(options: ConnectOptions): Promise<Network> {
  const { portals, writeQuorum, log = { debug: () => {}, warn: () => {} }, ...identity } = options
  const network = new PortalSet({
    portals: portals.map((url) => new S5Portal(url, identity)),
    ...(writeQuorum === undefined ? {} : { writeQuorum }),
    content: { hash: hashBlake3, cidOf },
    log,
  })
  const signal = AbortSignal.timeout(SIGN_IN_DEADLINE_MS)
  try {
    await retryWithBackoff(() => network.signIn(signal), { maxRetries: SIGN_IN_RETRIES, signal })
    return network
  } catch (error) {
    await network.close()
    throw error
  }
}

type Identity = Pick<ConnectOptions, 'seedPhrase' | 'inviteCode'>

/** One portal, by a client that knows no other: so each portal's answers are told apart. */
class S5Portal implements Portal {
  readonly name: string
  readonly #url: string
  readonly #identity: Identity
  readonly #pushes: S5Pushes
  /** The last one is in use. */
  readonly #clients: S5[] = []
  #signingIn: Promise<void> | undefined
  #isSignedIn = false
  #isClosed = false
  losses = 0

  constructor(url: string, identity: Identity) {
    this.name = new URL(url).origin
    this.#url = url
    this.#identity = identity
    this.#pushes = new S5Pushes([url])
  }

  async signIn(signal: AbortSignal): Promise<void> {
    if (this.#isSignedIn) return
    this.#signingIn ??= this.#openClient(signal).finally(() => {
      this.#signingIn = undefined
    })
    await this.#signingIn
  }

  async pointerKey(key: RegistryKey): Promise<PortalPointer> {
    const access = { client: () => this.#client(), pushes: this.#pushes, portal: this.name }
    if (!(key instanceof Uint8Array)) {
      return new S5Pointer({ ...access, publicKey: concatBytes(ED25519_KEY_TYPE, key.publicKey) })
    }
    const keyPair = await new JSCryptoImplementation().newKeyPairEd25519(key)
    return new S5Pointer({ ...access, publicKey: keyPair.publicKey, keyPair })
  }

  /** A portal that does not know our account any more has lost its disk: we sign in anew. */
  async upload(blob: Uint8Array, signal: AbortSignal): Promise<void> {
    const client = this.#client()
    try {
      await translated(() => client.api.uploadBlob(blob, { signal }))
    } catch (error) {
      if (!isAccountUnknown(error)) throw error
      if (client === this.#clients.at(-1)) this.#noteLoss()
      await this.signIn(signal)
      await translated(() => this.#client().api.uploadBlob(blob, { signal }))
    }
  }

  download(hash: Uint8Array, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return this.#download(hash, { maxBytes, signal })
  }

  get witness(): Witness {
    return {
      name: this.#url,
      pointerKey: (key) => this.pointerKey(key),
      download: (hash, maxBytes, signal) => this.#download(hash, { maxBytes, signal, fresh: true }),
    }
  }

  async pin(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    await translated(() => this.#client().api.pinHash(withCode(hash), { signal }))
  }

  async forget(hash: Uint8Array, signal: AbortSignal): Promise<void> {
    await translated(() => this.#client().api.unpinHash(withCode(hash), { signal }))
  }

  async #download(hash: Uint8Array, options: DownloadOptions): Promise<Uint8Array | undefined> {
    try {
      return await translated(() => this.#client().api.downloadBlobAsBytes(withCode(hash), options))
    } catch (error) {
      if (error instanceof StoreUnavailableError && error.cause instanceof BlobNotFoundError) return undefined
      throw error
    }
  }

  getStats() {
    const total = { requests: 0, bytesUp: 0, bytesDown: 0 }
    for (const client of this.#clients) {
      const { requests, bytesUp, bytesDown } = client.getTransferStats()
      total.requests += requests
      total.bytesUp += bytesUp
      total.bytesDown += bytesDown
    }
    return total
  }

  close(): void {
    this.#isClosed = true
    this.#pushes.close()
    for (const client of this.#clients) client.close()
  }

  #client(): S5 {
    const client = this.#clients.at(-1)
    if (client === undefined) throw new StoreUnavailableError(`not signed in on ${this.name} yet`)
    return client
  }

  #noteLoss(): void {
    if (!this.#isSignedIn) return
    this.#isSignedIn = false
    this.losses += 1
  }

  async #openClient(signal: AbortSignal): Promise<void> {
    const client = await openClient(this.#url, this.#identity, signal)
    this.#clients.push(client)
    this.#isSignedIn = true
    if (this.#isClosed) client.close()
  }
}

async function openClient(
  url: string,
  { seedPhrase, inviteCode }: Identity,
  signal: AbortSignal,
): Promise<S5> {
  const portals = seedPhrase === undefined ? [url] : []
  const s5 = await translated(() => S5.create({ portals, skipIdentityLoad: true }))
  if (seedPhrase === undefined) return s5
  try {
    await translated(async () => {
      await s5.recoverIdentityFromSeedPhrase(seedPhrase, { signal })
      await s5.ensurePortalAccount(url, inviteCode, { signal })
    })
    return s5
  } catch (error) {
    s5.close()
    throw error
  }
}

function isAccountUnknown(error: unknown): boolean {
  if (!(error instanceof StoreUnavailableError)) return false
  return error.cause instanceof PortalRejectedError && error.cause.status === NOT_FOUND
}

interface S5PointerOptions {
  client(): S5
  pushes: S5Pushes
  /** 33 bytes. */
  publicKey: Uint8Array
  /** Absent where the pointer can only be read. */
  keyPair?: KeyPairEd25519
  portal: string
}

class S5Pointer implements PortalPointer {
  readonly #client: () => S5
  readonly #pushes: S5Pushes
  readonly #publicKey: Uint8Array
  readonly #keyPair: KeyPairEd25519 | undefined
  readonly #portal: string

  constructor({ client, pushes, publicKey, keyPair, portal }: S5PointerOptions) {
    this.#client = client
    this.#pushes = pushes
    this.#publicKey = publicKey
    this.#keyPair = keyPair
    this.#portal = portal
  }

  listen({ onPointer, onLive }: PointerListener): () => void {
    const onEntry = (entry: RegistryEntry) => onPointer(toPointer(entry), this.#portal)
    return this.#pushes.listen(this.#publicKey, { onEntry, onLive })
  }

  async readPointer(signal: AbortSignal): Promise<Pointer | undefined> {
    const entry = await translated(() => this.#client().api.registryGet(this.#publicKey, { signal }))
    return entry && toPointer(entry)
  }

  async movePointer({ revision, hash }: Pointer, signal: AbortSignal): Promise<void> {
    const keyPair = this.#keyPair
    if (keyPair === undefined) throw new ReadOnlyError()
    try {
      const entry = await createRegistryEntry({ keyPair, data: withCode(hash), revision })
      await this.#client().api.registrySet(entry, { signal })
    } catch (error) {
      if (error instanceof RegistryConflictError) throw toConflict(error, this.#portal)
      throw translateError(error)
    }
  }
}

function toConflict(error: RegistryConflictError, portal: string): PointerConflict {
  const answers = error.current === undefined ? [] : [{ portal, pointer: toPointer(error.current) }]
  return new PointerConflict(answers, error)
}

function cidOf(hash: Uint8Array, size: number): string {
  return new BlobIdentifier(withCode(hash), size).toString()
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
