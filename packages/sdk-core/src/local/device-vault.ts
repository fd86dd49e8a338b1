import { bytesToHex } from '@noble/hashes/utils.js'
import { createDeviceKey, openOnDevice, sealOnDevice } from '../crypto/device-seal'
import { randomBytes } from '../crypto/platform'
import { CorruptRecordError, DecryptionFailedError } from '../errors/storage-errors'
import type { LocalDatabase, SealedBytes } from './database'

const KEY_NAME = 'device-key'

interface DeviceKey {
  id: string
  key: CryptoKey
}

/** Seals what lies in a database by a key that lies in it too, and that no script can read. */
export class DeviceVault {
  readonly #database: LocalDatabase
  #key: Promise<DeviceKey> | undefined

  constructor(database: LocalDatabase) {
    this.#database = database
  }

  /** Names the key in use: another one after the database was wiped. */
  async keyId(): Promise<string> {
    return (await this.#current()).id
  }

  async seal(place: string, bytes: Uint8Array<ArrayBuffer>): Promise<SealedBytes> {
    const { id, key } = await this.#current()
    return { keyId: id, bytes: await sealOnDevice(key, place, bytes) }
  }

  /** @throws CorruptRecordError, DecryptionFailedError where the key is gone */
  async open(place: string, sealed: SealedBytes): Promise<Uint8Array<ArrayBuffer>> {
    // Whoever can run scripts in the page can write anything into the database.
    if (!isSealed(sealed)) throw new CorruptRecordError('what this device keeps has another shape')
    const { keyId, bytes } = sealed
    const { id, key } = await this.#current()
    if (id === keyId) return openOnDevice(key, place, bytes)
    this.forget()
    const reread = await this.#current()
    if (reread.id !== keyId) throw new DecryptionFailedError('the key of this device was lost')
    return openOnDevice(reread.key, place, bytes)
  }

  /** Looks for the key again, next time. */
  forget(): void {
    this.#key = undefined
  }

  #current(): Promise<DeviceKey> {
    this.#key ??= this.#findOrCreate().catch((error: unknown) => {
      this.#key = undefined
      throw error
    })
    return this.#key
  }

  async #findOrCreate(): Promise<DeviceKey> {
    const { settings } = this.#database
    const known = await settings.get(KEY_NAME)
    if (known !== undefined) return known.value as DeviceKey
    const created = { id: bytesToHex(randomBytes(8)), key: await createDeviceKey() }
    return this.#database.transaction('rw', settings, async () => {
      const meanwhile = await settings.get(KEY_NAME)
      if (meanwhile !== undefined) return meanwhile.value as DeviceKey
      await settings.add({ name: KEY_NAME, value: created })
      return created
    })
  }
}

function isSealed(value: unknown): value is SealedBytes {
  const { keyId, bytes } = Object(value)
  return typeof keyId === 'string' && bytes instanceof Uint8Array
}
