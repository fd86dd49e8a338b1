import type { Secret } from '../crypto/secret'
import { RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { Portal } from '../portal/portal'
import type { RegistryEntry } from '../registry/entry'
import {
  type AccountsDocument,
  addAccount,
  findAccountId,
  NO_ACCOUNTS,
  parseAccounts,
} from './accounts-document'
import { type DocumentStorage, HiddenDocument } from './hidden-document'

const PATH = 'accounts.json'
const FIRST_REVISION = 0
const MAX_ATTEMPTS = 5

interface Snapshot {
  document: AccountsDocument
  nextRevision: number
}

/** The user's portal accounts, shared by all devices of the user. Read once, and again after a conflict. */
export class AccountList {
  readonly #file: HiddenDocument
  #snapshot: Snapshot | undefined

  private constructor(file: HiddenDocument) {
    this.#file = file
  }

  static async open(storage: DocumentStorage, hiddenDbKey: Secret): Promise<AccountList> {
    return new AccountList(await HiddenDocument.open(storage, hiddenDbKey, PATH))
  }

  async document(call: Call): Promise<AccountsDocument> {
    return (await this.#current(call)).document
  }

  /**
   * Adds an account unless the list has one for that host, whoever added it.
   * @returns whether it was added
   */
  async addUnlessKnown(portal: Portal, seed: Uint8Array, call: Call): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const { document, nextRevision } = await this.#current(call)
      if (findAccountId(document, portal.host) !== undefined) return false
      const next = addAccount(document, portal, seed)
      try {
        await this.#file.write(next, nextRevision, call)
        this.#snapshot = { document: next, nextRevision: nextRevision + 1 }
        return true
      } catch (error) {
        if (!(error instanceof RegistryConflictError) || attempt === MAX_ATTEMPTS) throw error
        this.#snapshot = await this.#snapshotOf(error.current, call)
      }
    }
  }

  wipe(): void {
    this.#file.wipe()
    this.#snapshot = undefined
  }

  async #current(call: Call): Promise<Snapshot> {
    this.#snapshot ??= await this.#snapshotOf(await this.#file.find(call), call)
    return this.#snapshot
  }

  async #snapshotOf(entry: RegistryEntry | undefined, call: Call): Promise<Snapshot> {
    if (entry === undefined) return { document: NO_ACCOUNTS, nextRevision: FIRST_REVISION }
    const document = parseAccounts(await this.#file.read(entry, call))
    return { document, nextRevision: entry.revision + 1 }
  }
}
