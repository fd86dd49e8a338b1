import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { UnsupportedError } from '../errors/caller-errors'
import { StoreFailedError } from '../errors/store-errors'
import type { KeyValueStore } from './key-value-store'

interface Schema extends DBSchema {
  kv: { key: number[]; value: Uint8Array }
}

type Database = IDBPDatabase<Schema>

/**
 * A store in the browser's IndexedDB, in the form of the upstream client: object store `kv`, keys as arrays
 * of byte values. Pages and workers of one origin may use it at the same time.
 * @param name of the database; `auth` is upstream's
 * @throws UnsupportedError where there is no IndexedDB
 */
export function createIndexedDbStore(name: string): KeyValueStore {
  if (Reflect.get(globalThis, 'indexedDB') === undefined) throw new UnsupportedError('IndexedDB here')
  return new IndexedDbStore(name)
}

class IndexedDbStore implements KeyValueStore {
  readonly #name: string
  #opening: Promise<Database> | undefined

  constructor(name: string) {
    this.#name = name
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#run('read', (database) => database.get('kv', [...key]))
  }

  put(key: Uint8Array, value: Uint8Array): Promise<void> {
    const copy = value.slice()
    return this.#run('write', async (database) => {
      const transaction = database.transaction('kv', 'readwrite', { durability: 'strict' })
      await Promise.all([transaction.store.put(copy, [...key]), transaction.done])
    })
  }

  delete(key: Uint8Array): Promise<void> {
    return this.#run('write', (database) => database.delete('kv', [...key]))
  }

  async #run<T>(action: 'read' | 'write', use: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await use(await this.#database())
    } catch (cause) {
      throw new StoreFailedError(action, cause)
    }
  }

  #database(): Promise<Database> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(): Promise<Database> {
    const letGo = () => {
      this.#opening = undefined
    }
    const database = await openDB<Schema>(this.#name, 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('kv')
      },
      terminated: letGo,
    })
    // Whoever wants to delete the database, or to change its form, need not wait for this page to go.
    database.addEventListener('versionchange', () => {
      database.close()
      letGo()
    })
    return database
  }
}
