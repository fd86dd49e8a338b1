import { type AccountParts, UserAccounts } from '../account/user-accounts'
import { utf8 } from '../bytes/bytes'
import { NotAuthenticatedError } from '../errors/caller-errors'
import type { Call } from '../http/call-options'
import { S5UserIdentity } from '../identity/user-identity'
import type { KeyValueStore } from '../store/key-value-store'

const IDENTITY_KEY = utf8('identity_main')

interface User {
  identity: S5UserIdentity
  accounts: UserAccounts
}

/** Who the client acts for: nobody, or one user with accounts. */
export class CurrentUser {
  readonly #parts: AccountParts
  readonly #store: KeyValueStore | undefined
  #user: User | undefined

  constructor(parts: AccountParts, store: KeyValueStore | undefined) {
    this.#parts = parts
    this.#store = store
  }

  get identity(): S5UserIdentity | undefined {
    return this.#user?.identity
  }

  /** @throws NotAuthenticatedError */
  requireIdentity(): S5UserIdentity {
    return this.#required().identity
  }

  /** @throws NotAuthenticatedError */
  accounts(): UserAccounts {
    return this.#required().accounts
  }

  /** Takes up the identity of the last run, if one was stored. */
  async loadStored(): Promise<void> {
    const packed = await this.#store?.get(IDENTITY_KEY)
    if (packed !== undefined) this.#user = await this.#userOf(S5UserIdentity.unpack(packed))
  }

  /** Replaces the user; if it fails, there is none. */
  async become(identity: S5UserIdentity, call: Call): Promise<void> {
    this.forget()
    const user = await this.#userOf(identity)
    try {
      if (!this.#parts.portals.isEmpty) await user.accounts.openSessions(call)
      await this.#store?.put(IDENTITY_KEY, identity.pack())
      call.signal.throwIfAborted()
      this.#user = user
    } finally {
      if (this.#user !== user) wipe(user)
    }
  }

  /** Opens the sessions that the user's accounts allow, if there is none. */
  async logIn(call: Call): Promise<void> {
    if (this.#parts.sessions.isEmpty) await this.#user?.accounts.openSessions(call)
  }

  /** Wipes the user's secrets and closes all sessions. */
  forget(): void {
    if (this.#user !== undefined) wipe(this.#user)
    this.#user = undefined
    this.#parts.sessions.closeAll()
  }

  async #userOf(identity: S5UserIdentity): Promise<User> {
    return { identity, accounts: await UserAccounts.open(this.#parts, identity) }
  }

  #required(): User {
    if (this.#user === undefined) throw new NotAuthenticatedError('No identity available')
    return this.#user
  }
}

function wipe({ identity, accounts }: User): void {
  accounts.wipe()
  identity.wipe()
}
