import { bytesEqual } from '../codec/bytes'
import type { Database, Table } from '../storage/database'
import { decodeEntry, encodeEntry, findMalformedField, isSigned, type RegistryEntry } from './entry'

/** What became of an entry: accepted and durable (`isNew`: it was not there before), or refused in favour of `current`. */
export type PutOutcome =
  | { readonly accepted: true; readonly isNew: boolean }
  | { readonly accepted: false; readonly current: RegistryEntry }

/** The entry is not one: its form is wrong, or its signature. */
export class InvalidEntryError extends Error {
  override readonly name = 'InvalidEntryError'

  constructor(
    readonly reason: 'malformed' | 'forged',
    message: string,
  ) {
    super(message)
  }
}

/**
 * The registry rule, over any transport: the highest revision wins, the first of two equal revisions stays,
 * and sending the stored entry again succeeds.
 */
export class Registry {
  readonly #database: Database
  readonly #entries: Table

  constructor(database: Database) {
    this.#database = database
    this.#entries = database.table('registry')
  }

  /** @returns the entry of `pk`, or `undefined` when none was ever accepted. */
  get(pk: Uint8Array): RegistryEntry | undefined {
    const stored = this.#entries.get(pk)
    return stored && decodeEntry(stored)
  }

  /** @returns up to `limit` entries whose keys come after `pk`, in the order of the keys. */
  listAfter(pk: Uint8Array, limit: number): RegistryEntry[] {
    return this.#entries.listAfter(pk, limit).map(([, stored]) => decodeEntry(stored))
  }

  /**
   * Checks the entry and stores it if its revision is the highest seen. Comparing and storing are one
   * transaction, so of many entries with the same next revision exactly one is accepted; an accepted entry
   * is on the disk.
   *
   * @throws InvalidEntryError when the form or the signature is wrong; nothing is stored then.
   */
  async put(entry: RegistryEntry): Promise<PutOutcome> {
    const problem = findMalformedField(entry)
    if (problem !== undefined) throw new InvalidEntryError('malformed', problem)
    if (!this.#isStored(entry) && !isSigned(entry))
      throw new InvalidEntryError('forged', 'the signature does not fit the entry')
    return this.#isStored(entry)
      ? { accepted: true, isNew: false }
      : this.#database.transaction(() => this.#compareAndStore(entry))
  }

  #compareAndStore(entry: RegistryEntry): PutOutcome {
    if (this.#isStored(entry)) return { accepted: true, isNew: false }
    const current = this.get(entry.pk)
    if (current !== undefined && current.revision >= entry.revision) return { accepted: false, current }
    this.#entries.put(entry.pk, encodeEntry(entry))
    return { accepted: true, isNew: true }
  }

  /** What can be read has been flushed, and was checked before it was stored. */
  #isStored(entry: RegistryEntry): boolean {
    const stored = this.#entries.get(entry.pk)
    return stored !== undefined && bytesEqual(stored, encodeEntry(entry))
  }
}
