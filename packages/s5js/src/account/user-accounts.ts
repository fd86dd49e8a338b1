import { blake3 } from '@noble/hashes/blake3.js'
import { concatBytes } from '../bytes/bytes'
import { newKeyPairEd25519 } from '../crypto/ed25519'
import type { KeyPairEd25519 } from '../crypto/key-pair'
import { randomBytes } from '../crypto/random'
import { AccountExistsError } from '../errors/caller-errors'
import { PortalRejectedError } from '../errors/network-errors'
import type { Call } from '../http/call-options'
import { SerialQueue } from '../http/serial-queue'
import type { HttpTransport } from '../http/transport'
import type { S5UserIdentity } from '../identity/user-identity'
import type { Portal } from '../portal/portal'
import type { PortalList } from '../portal/portal-list'
import { PortalSession } from '../portal/portal-session'
import type { PortalSessions } from '../portal/portal-sessions'
import { AccountList } from './account-list'
import { type AccountsDocument, accountId, findAccountId, seedOf } from './accounts-document'
import { authenticate } from './challenge'
import type { DocumentStorage } from './hidden-document'
import type { TokenStore } from './token-store'

const ACCOUNT_SEED_BYTES = 32
const NOT_FOUND = 404

export interface AccountParts {
  transport: HttpTransport
  portals: PortalList
  sessions: PortalSessions
  storage: DocumentStorage
  tokens: TokenStore
}

/** Seed of the key that stands for an account, or for another purpose of the user at a portal: 32 bytes. */
export function portalKeySeed(identity: S5UserIdentity, seed: Uint8Array): Uint8Array {
  return blake3(concatBytes(identity.portalAccountSeed.reveal(), seed))
}

/** What it takes to log in with an account. */
interface Access {
  portal: Portal
  id: string
  keyPair: KeyPairEd25519
  inviteCode: string | undefined
}

/** One user's accounts: knows them, makes them, and opens sessions with them. */
export class UserAccounts {
  readonly #parts: AccountParts
  readonly #identity: S5UserIdentity
  readonly #list: AccountList
  // Two operations at once in one client would close each other's sessions.
  readonly #queue = new SerialQueue()

  private constructor(parts: AccountParts, identity: S5UserIdentity, list: AccountList) {
    this.#parts = parts
    this.#identity = identity
    this.#list = list
  }

  static async open(parts: AccountParts, identity: S5UserIdentity): Promise<UserAccounts> {
    return new UserAccounts(parts, identity, await AccountList.open(parts.storage, identity.hiddenDBKey))
  }

  /**
   * Opens sessions at all portals we know and have an account on.
   * Portals that fail are left for later, unless all of them do.
   */
  openSessions(call: Call): Promise<void> {
    return this.#queue.run(call, async () => {
      const document = await this.#list.document(call)
      const known = this.#parts.portals
        .all()
        .filter(({ host }) => findAccountId(document, host) !== undefined)
      const results = await Promise.allSettled(known.map((portal) => this.#openKnown(portal, document, call)))
      call.signal.throwIfAborted()
      const failures = results.filter((result) => result.status === 'rejected')
      if (failures.length > 0 && failures.length === known.length) throw failures[0]?.reason
    })
  }

  /** A session at this portal, with the account that all devices of the user share. */
  ensure(portal: Portal, inviteCode: string | undefined, call: Call): Promise<void> {
    return this.#queue.run(call, async () => {
      const open = async () => this.#openKnown(portal, await this.#list.document(call), call, inviteCode)
      if (await open()) return
      const isOurs = await this.#registerNew(portal, inviteCode, call)
      // Another device was first: its account is the one to use, and ours is never used again.
      if (!isOurs) await open()
    })
  }

  /** @throws AccountExistsError */
  register(portal: Portal, inviteCode: string | undefined, call: Call): Promise<void> {
    return this.#addNew(portal, call, () => this.#registerNew(portal, inviteCode, call))
  }

  /** Takes over an account that was registered elsewhere. @throws AccountExistsError */
  adopt(portal: Portal, seed: Uint8Array, token: string, call: Call): Promise<void> {
    return this.#addNew(portal, call, () => this.#keep(portal, seed, token, call))
  }

  wipe(): void {
    this.#list.wipe()
    this.#parts.sessions.closeAll()
  }

  #addNew(portal: Portal, call: Call, add: () => Promise<boolean>): Promise<void> {
    return this.#queue.run(call, async () => {
      const isKnown = findAccountId(await this.#list.document(call), portal.host) !== undefined
      if (isKnown || !(await add())) throw new AccountExistsError()
    })
  }

  async #openKnown(
    portal: Portal,
    document: AccountsDocument,
    call: Call,
    inviteCode?: string,
  ): Promise<boolean> {
    if (this.#parts.sessions.has(portal.host)) return true
    const id = findAccountId(document, portal.host)
    if (id === undefined) return false
    const keyPair = await this.#keyPair(seedOf(document, id))
    const access = { portal, id, keyPair, inviteCode }
    const token = (await this.#parts.tokens.get(id)) ?? (await this.#logInOrRegister(access, call))
    this.#openSession(access, token)
    return true
  }

  async #registerNew(portal: Portal, inviteCode: string | undefined, call: Call): Promise<boolean> {
    const seed = randomBytes(ACCOUNT_SEED_BYTES)
    const keyPair = await this.#keyPair(seed)
    const request = { kind: 'register', keyPair, inviteCode } as const
    const token = await authenticate(this.#parts.transport, portal, request, call)
    return this.#keep(portal, seed, token, call, inviteCode)
  }

  // The session is opened first because the list of accounts is itself uploaded with it.
  async #keep(
    portal: Portal,
    seed: Uint8Array,
    token: string,
    call: Call,
    inviteCode?: string,
  ): Promise<boolean> {
    const id = accountId(portal, seed)
    this.#openSession({ portal, id, keyPair: await this.#keyPair(seed), inviteCode }, token)
    let isKept = false
    try {
      isKept = await this.#list.addUnlessKnown(portal, seed, call)
      if (isKept) await this.#parts.tokens.put(id, token)
      return isKept
    } finally {
      if (!isKept) this.#parts.sessions.close(portal.host)
    }
  }

  #openSession(access: Access, token: string): void {
    const { portal, keyPair } = access
    const logIn = (call: Call) => this.#logIn(access, call)
    this.#parts.sessions.open(new PortalSession(portal, token, { keyPair, logIn }))
  }

  /** A portal that has forgotten an account on our list: the same key makes the same account. */
  async #logInOrRegister(access: Access, call: Call): Promise<string> {
    try {
      return await this.#logIn(access, call)
    } catch (error) {
      if (!(error instanceof PortalRejectedError && error.status === NOT_FOUND)) throw error
      return this.#authenticate('register', access, call)
    }
  }

  #logIn(access: Access, call: Call): Promise<string> {
    return this.#authenticate('login', access, call)
  }

  async #authenticate(kind: 'login' | 'register', access: Access, call: Call): Promise<string> {
    const { portal, id, keyPair, inviteCode } = access
    const request = kind === 'login' ? { kind, keyPair } : { kind, keyPair, inviteCode }
    const token = await authenticate(this.#parts.transport, portal, request, call)
    await this.#parts.tokens.put(id, token)
    return token
  }

  #keyPair(seed: Uint8Array): Promise<KeyPairEd25519> {
    return newKeyPairEd25519(portalKeySeed(this.#identity, seed))
  }
}
