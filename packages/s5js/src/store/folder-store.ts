import { base16 } from 'multiformats/bases/base16'
import { hashBlake3 } from '../crypto/blake3'
import { randomBytes } from '../crypto/random'
import { UnsupportedError } from '../errors/caller-errors'
import { StoreFailedError } from '../errors/store-errors'
import { nodeModule } from '../platform/node-module'
import type { KeyValueStore } from './key-value-store'

interface NodeFile {
  writeFile(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** The parts of node:fs/promises and node:path that are used; the sources do not depend on Node's types. */
interface NodeFiles {
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<unknown>
  open(path: string, flags: string, mode?: number): Promise<NodeFile>
  readFile(path: string): Promise<Uint8Array>
  rename(from: string, to: string): Promise<void>
  rm(path: string, options: { force: true }): Promise<void>
}
interface NodePath {
  join(...parts: string[]): string
}

const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

/**
 * A store in a folder, for Node: one file for each key, named by the key's hash, that only its owner may
 * read. A value that was put is on disk; a crash leaves the old value or the new one, whole.
 * @param path made when the first value is put
 * @throws UnsupportedError where there is no Node
 */
export function createFolderStore(path: string): KeyValueStore {
  const files = nodeModule<NodeFiles>('node:fs/promises')
  const paths = nodeModule<NodePath>('node:path')
  if (files === undefined || paths === undefined) throw new UnsupportedError('A store in a folder')
  return new FolderStore(path, files, paths)
}

class FolderStore implements KeyValueStore {
  readonly #folder: string
  readonly #files: NodeFiles
  readonly #paths: NodePath

  constructor(folder: string, files: NodeFiles, paths: NodePath) {
    this.#folder = folder
    this.#files = files
    this.#paths = paths
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await this.#files.readFile(await this.#pathOf(key)))
    } catch (cause) {
      if (Object(cause).code === 'ENOENT') return undefined
      throw new StoreFailedError('read', cause)
    }
  }

  async put(key: Uint8Array, value: Uint8Array): Promise<void> {
    const copy = value.slice()
    const temporary = this.#paths.join(this.#folder, `.${hex(randomBytes(8))}.tmp`)
    try {
      await this.#files.mkdir(this.#folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
      await this.#write(temporary, copy)
      await this.#files.rename(temporary, await this.#pathOf(key))
      await this.#syncFolder()
    } catch (cause) {
      await this.#files.rm(temporary, { force: true }).catch(() => undefined)
      throw new StoreFailedError('write', cause)
    }
  }

  async delete(key: Uint8Array): Promise<void> {
    try {
      await this.#files.rm(await this.#pathOf(key), { force: true })
    } catch (cause) {
      throw new StoreFailedError('write', cause)
    }
  }

  async #write(path: string, value: Uint8Array): Promise<void> {
    const file = await this.#files.open(path, 'wx', OWNER_ONLY_FILE)
    try {
      await file.writeFile(value)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  // Not every platform can open a folder: there, a rename is as durable as it gets.
  async #syncFolder(): Promise<void> {
    const folder = await this.#files.open(this.#folder, 'r').catch(() => undefined)
    await folder?.sync().catch(() => undefined)
    await folder?.close()
  }

  async #pathOf(key: Uint8Array): Promise<string> {
    return this.#paths.join(this.#folder, hex(await hashBlake3(key)))
  }
}

function hex(bytes: Uint8Array): string {
  return base16.baseEncode(bytes)
}
