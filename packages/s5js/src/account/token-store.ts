import { utf8 } from '../bytes/bytes'
import type { KeyValueStore } from '../store/key-value-store'

/** Portal tokens between runs, under the names that S5 clients use. */
export class TokenStore {
  readonly #store: KeyValueStore

  constructor(store: KeyValueStore) {
    this.#store = store
  }

  async get(accountId: string): Promise<string | undefined> {
    const token = await this.#store.get(keyOf(accountId))
    return token && new TextDecoder().decode(token)
  }

  put(accountId: string, token: string): Promise<void> {
    return this.#store.put(keyOf(accountId), utf8(token))
  }
}

function keyOf(accountId: string): Uint8Array {
  return utf8(`identity_main_account_${accountId}_auth_token`)
}
