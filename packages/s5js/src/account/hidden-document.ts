import type { BlobDownloads } from '../blob/blob-downloads'
import { DEFAULT_MAX_DOWNLOAD_BYTES } from '../blob/blob-downloads'
import { type BlobUploads, prepareBlob } from '../blob/blob-uploads'
import { utf8 } from '../bytes/bytes'
import { newKeyPairEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { decryptMutable, encryptMutable } from '../crypto/mutable-encryption'
import { Secret } from '../crypto/secret'
import { CorruptDataError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import { cidToHash } from '../identifier/parse-cid'
import { deriveByName, deriveByNumber } from '../identity/key-derivation'
import type { RegistryEntry } from '../registry/entry'
import type { RegistryClient } from '../registry/registry-client'
import { createRegistryEntry } from '../registry/sign-entry'

const PATH_KEY = 1
const WRITE_KEY = 2
const ENCRYPTION_KEY = 3

/** What documents are kept with. */
export interface DocumentStorage {
  registry: RegistryClient
  uploads: BlobUploads
  downloads: BlobDownloads
}

/** The keys of the hidden document at `path`, each 32 bytes. */
export function hiddenDocumentKeys(
  hiddenDbKey: Uint8Array,
  path: string,
): { pathKey: Uint8Array; writeKey: Uint8Array; encryptionKey: Uint8Array } {
  const segmentKey = path.split('/').reduce((key, segment) => deriveByName(key, utf8(segment)), hiddenDbKey)
  const pathKey = deriveByNumber(segmentKey, PATH_KEY)
  return {
    pathKey,
    writeKey: deriveByNumber(pathKey, WRITE_KEY),
    encryptionKey: deriveByNumber(pathKey, ENCRYPTION_KEY),
  }
}

/** A JSON document that only its owner can find, read or write. */
export class HiddenDocument {
  readonly #storage: DocumentStorage
  readonly #keyPair: KeyPairEd25519
  readonly #encryptionKey: Secret

  private constructor(storage: DocumentStorage, keyPair: KeyPairEd25519, encryptionKey: Secret) {
    this.#storage = storage
    this.#keyPair = keyPair
    this.#encryptionKey = encryptionKey
  }

  static async open(storage: DocumentStorage, hiddenDbKey: Secret, path: string): Promise<HiddenDocument> {
    const { writeKey, encryptionKey } = hiddenDocumentKeys(hiddenDbKey.reveal(), path)
    return new HiddenDocument(storage, await newKeyPairEd25519(writeKey), new Secret(encryptionKey))
  }

  /** The registry entry that points at the document; undefined when every portal says there is none. */
  find(call: Call): Promise<RegistryEntry | undefined> {
    return this.#storage.registry.get(this.#keyPair.publicKey, call)
  }

  /** The JSON value that an entry points at. @throws CorruptDataError */
  async read(entry: RegistryEntry, call: Call): Promise<unknown> {
    const hash = cidToHash(entry.data)
    const blob = await this.#storage.downloads.download(hash, DEFAULT_MAX_DOWNLOAD_BYTES, call)
    const text = new TextDecoder().decode(decryptMutable(blob, this.#encryptionKey.reveal()))
    try {
      return JSON.parse(text)
    } catch {
      // The parser's own error quotes the text, which holds account seeds.
      throw new CorruptDataError('A hidden document that is not JSON')
    }
  }

  /** @throws RegistryConflictError when `revision` is not above the stored one */
  async write(value: unknown, revision: number, call: Call): Promise<void> {
    const sealed = encryptMutable(utf8(JSON.stringify(value)), this.#encryptionKey.reveal())
    const { hash33 } = await this.#storage.uploads.upload(await prepareBlob(sealed), call)
    const entry = await createRegistryEntry({ keyPair: this.#keyPair, data: hash33, revision })
    await this.#storage.registry.set(entry, call)
  }

  wipe(): void {
    this.#keyPair.privKey.wipe()
    this.#encryptionKey.wipe()
  }
}
