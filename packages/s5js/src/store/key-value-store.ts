import { base64url } from 'multiformats/bases/base64'

/**
 * Where a client keeps what it knows between runs. Keys and values are bytes.
 * The stored identity and portal tokens are secrets: the store has to be as safe as they need.
 */
export interface KeyValueStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  put(key: Uint8Array, value: Uint8Array): Promise<void>
  delete(key: Uint8Array): Promise<void>
}

/** Keeps everything in this process and hands out copies. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #valueByKey = new Map<string, Uint8Array>()

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#valueByKey.get(base64url.baseEncode(key))?.slice()
  }

  async put(key: Uint8Array, value: Uint8Array): Promise<void> {
    this.#valueByKey.set(base64url.baseEncode(key), value.slice())
  }

  async delete(key: Uint8Array): Promise<void> {
    this.#valueByKey.delete(base64url.baseEncode(key))
  }
}
