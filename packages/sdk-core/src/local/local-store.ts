import type { ConversationChange } from '../conversation/change'
import { compareRecords, type StoredRecord } from '../conversation/record'
import { VersionConflictError } from '../errors/conflict-errors'
import { SDKError } from '../errors/sdk-error'
import { LruMap } from '../storage/lru-map'
import { decodeChanges, encodeChanges } from './change-codec'
import type { ConversationRow, LocalDatabase, OutboxRow, ParkedRow } from './database'
import { DeviceVault } from './device-vault'
import { absentCopy, type LocalCopy } from './local-copy'
import { openHead, openRecord, placeOf, sealHead, sealRecord } from './row-codec'

/** How many conversations' copies are kept in memory, too. */
const KEPT_COPIES = 32

/** A copy as it was read: what is written on its base is refused once somebody else has written. */
export interface ReadCopy extends LocalCopy {
  readonly writes: number
}

/** A commit for the network, made with the copy that shows it. */
export interface Outgoing {
  changes: readonly ConversationChange[]
  messageIds: readonly string[]
}

/** What waits to be sent, opened. */
export interface OpenedRow extends OutboxRow {
  changes: readonly ConversationChange[]
}

/** Why a commit can never succeed as it is. */
export type ParkedBecause = Pick<ParkedRow, 'code' | 'problem' | 'userMessage'>

interface Written {
  row: Omit<ConversationRow, 'writes'>
  records: readonly { id: string; sealed: ConversationRow['sealed'] }[]
  isEmptied: boolean
  outgoing: Omit<OutboxRow, 'seq'> | undefined
}

/**
 * Conversations and their outbox in the database of this device, for all its tabs. Sealed at rest; what is
 * written is durable when it resolves. All methods reject with `LocalStoreError`, and those that open rows
 * with `CorruptRecordError` and `DecryptionFailedError`.
 */
export class LocalStore {
  readonly #database: LocalDatabase
  readonly #vault: DeviceVault
  readonly #copies = new LruMap<string, { copy: ReadCopy; keyId: string }>(KEPT_COPIES)

  constructor(database: LocalDatabase) {
    this.#database = database
    this.#vault = new DeviceVault(database)
    database.on('close', () => {
      this.#vault.forget()
      this.#copies.clear()
    })
  }

  /** The copy that this tab knows, which another may have changed. */
  known(id: string): ReadCopy | undefined {
    return this.#copies.get(id)?.copy
  }

  /** The copy that is current for all tabs; an absent one where there is none. */
  read(id: string): Promise<ReadCopy> {
    return this.#database.run(() => this.#read(id))
  }

  /** {@link saveConversationWithVersion} on what is current now. */
  async saveConversation(next: LocalCopy, outgoing?: Outgoing): Promise<ReadCopy> {
    return this.saveConversationWithVersion(next, await this.read(next.state.head.id), outgoing)
  }

  /**
   * Writes a copy and what is to be sent of it in one transaction, if `base` is still current: its version is
   * compared inside that transaction.
   * @throws VersionConflictError with the version that is current; nothing was written
   */
  saveConversationWithVersion(next: LocalCopy, base: ReadCopy, outgoing?: Outgoing): Promise<ReadCopy> {
    return this.#database.run(async () => {
      const written = await this.#seal(next, base, outgoing)
      const { conversations, messages, outbox } = this.#database
      await this.#database.transaction('rw', conversations, messages, outbox, () =>
        this.#write(written, base),
      )
      const copy = { ...next, writes: base.writes + 1 }
      this.#copies.set(written.row.id, { copy, keyId: written.row.sealed.keyId })
      return copy
    })
  }

  /** The head of every copy that opens, without its records. */
  heads(): Promise<{ row: ConversationRow; head: LocalCopy['state']['head'] }[]> {
    return this.#database.run(async () => {
      const rows = await this.#database.conversations.toArray()
      const opened = rows.map(async (row) => ({ row, head: await openHead(this.#vault, row.id, row.sealed) }))
      const settled = await Promise.allSettled(opened)
      return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    })
  }

  /** The conversations of which something waits. */
  unsentIds(): Promise<ReadonlySet<string>> {
    return this.#database.run(async () => {
      const ids = await this.#database.outbox.orderBy('conversationId').uniqueKeys()
      return new Set(ids.map(String))
    })
  }

  /** The oldest of what waits for the network, of all conversations or of one. */
  waiting({ limit, conversationId }: { limit: number; conversationId?: string }): Promise<OutboxRow[]> {
    const { outbox } = this.#database
    return this.#database.run(async () => {
      if (conversationId === undefined) return outbox.orderBy('seq').limit(limit).toArray()
      return outbox.where({ conversationId }).limit(limit).sortBy('seq')
    })
  }

  /**
   * The version on the network that a row's conditions mean: the one that this device has come to with its own
   * commits alone since they were met. 0, which is never current, where another device's went in between;
   * `undefined` where the conditions are the caller's own.
   */
  expectedVersionOf({ conversationId, rebases }: OutboxRow): Promise<number | undefined> {
    return this.#database.run(async () => {
      if (rebases === undefined) return undefined
      const row = await this.#database.conversations.get(conversationId)
      return row === undefined || row.rebases !== rebases || row.seen > row.synced ? 0 : row.synced
    })
  }

  async openRow<R extends OutboxRow>(row: R): Promise<R & OpenedRow> {
    const place = placeOf('outbox', row.conversationId)
    return { ...row, changes: decodeChanges(await this.#vault.open(place, row.sealed)) }
  }

  /**
   * The network has acknowledged a row: it goes. `version` is the one that it made there; where the copy holds
   * all of it, it is up to date.
   * @returns whether it is
   */
  acknowledge({ seq, conversationId }: OutboxRow, version: number, isPlain: boolean): Promise<boolean> {
    const { conversations, outbox } = this.#database
    return this.#database.run(() =>
      this.#database.transaction('rw', conversations, outbox, async () => {
        await outbox.delete(seq)
        const row = await conversations.get(conversationId)
        if (row === undefined || version <= row.synced) return true
        const isNext = isPlain && version === row.synced + 1
        const synced = isNext ? version : row.synced
        await conversations.update(conversationId, {
          synced,
          seen: Math.max(row.seen, version),
          writes: row.writes + 1,
        })
        return isNext
      }),
    )
  }

  /** Puts a row aside, with why. */
  park(row: OutboxRow, because: ParkedBecause, changes?: readonly ConversationChange[]): Promise<void> {
    const { outbox, parked } = this.#database
    const { seq, conversationId, messageIds, enqueuedAt } = row
    return this.#database.run(async () => {
      const sealed = changes === undefined ? row.sealed : await this.#sealChanges(conversationId, changes)
      const aside = { seq, conversationId, messageIds, enqueuedAt, sealed, ...because, parkedAt: Date.now() }
      await this.#database.transaction('rw', outbox, parked, async () => {
        await parked.put(aside)
        await outbox.delete(seq)
      })
    })
  }

  parkedRows(): Promise<ParkedRow[]> {
    return this.#database.run(() => this.#database.parked.toArray())
  }

  /** Puts a parked row at the end of what waits; its conditions are met by what is there now. */
  unpark(seq: number): Promise<void> {
    const { conversations, outbox, parked } = this.#database
    return this.#database.run(() =>
      this.#database.transaction('rw', conversations, outbox, parked, async () => {
        const row = await parked.get(seq)
        if (row === undefined) return
        const { conversationId, messageIds, enqueuedAt, sealed } = row
        const rebases = (await conversations.get(conversationId))?.rebases ?? 0
        await outbox.add({ conversationId, messageIds, enqueuedAt, sealed, rebases, isRetried: true })
        await parked.delete(seq)
      }),
    )
  }

  /** Gives a parked row up. */
  dropParked(seq: number): Promise<void> {
    return this.#database.run(() => this.#database.parked.delete(seq))
  }

  counts(): Promise<{ waiting: number; parked: number }> {
    const { outbox, parked } = this.#database
    return this.#database.run(async () => ({ waiting: await outbox.count(), parked: await parked.count() }))
  }

  /** The rows that name a message. */
  rowsOf(conversationId: string, messageId: string): Promise<{ waiting: OutboxRow[]; parked: ParkedRow[] }> {
    const { outbox, parked } = this.#database
    const isMine = (row: OutboxRow) => row.conversationId === conversationId
    return this.#database.run(async () => ({
      waiting: await outbox.where('messageIds').equals(messageId).filter(isMine).toArray(),
      parked: await parked.where('messageIds').equals(messageId).filter(isMine).toArray(),
    }))
  }

  /** Forgets the copy of one conversation: it cannot be read. What waits to be sent of it stays. */
  forget(id: string): Promise<void> {
    const { conversations, messages } = this.#database
    this.#copies.delete(id)
    return this.#database.run(() =>
      this.#database.transaction('rw', conversations, messages, async () => {
        await conversations.delete(id)
        await messages.where({ conversationId: id }).delete()
      }),
    )
  }

  close(): void {
    this.#database.close()
  }

  async #read(id: string): Promise<ReadCopy> {
    const { conversations, messages } = this.#database
    const cached = this.#copies.get(id)
    const { row, changed, known } = await this.#database.transaction(
      'r',
      conversations,
      messages,
      async () => {
        const row = await conversations.get(id)
        const known = row?.sealed.keyId === cached?.keyId ? cached?.copy : undefined
        if (row === undefined || row.writes === known?.writes) return { row, known, changed: [] }
        const since = [id, (known?.writes ?? 0) + 1]
        const range = messages.where('[conversationId+writes]').between(since, [id, row.writes], true, true)
        return { row, known, changed: await range.toArray() }
      },
    )
    if (row === undefined) return { ...absentCopy(id), writes: 0 }
    if (row.writes === known?.writes) return known
    const records = await Promise.all(
      changed.map((each) => openRecord(this.#vault, id, each.id, each.sealed)),
    )
    const copy = toCopy(row, await openHead(this.#vault, id, row.sealed), known, records)
    this.#copies.set(id, { copy, keyId: row.sealed.keyId })
    return copy
  }

  async #seal(next: LocalCopy, base: ReadCopy, outgoing: Outgoing | undefined): Promise<Written> {
    const { head } = next.state
    const before = new Set(base.state.head.tail)
    const changed = head.tail.filter((record) => !before.has(record))
    const records = changed.map(async (record) => ({
      id: record.id,
      sealed: await sealRecord(this.#vault, head.id, record),
    }))
    return {
      row: {
        id: head.id,
        version: head.version,
        synced: next.synced,
        seen: next.seen,
        rebases: next.rebases,
        isPlain: next.scheme === 'plain',
        sealed: await sealHead(this.#vault, head),
      },
      records: await Promise.all(records),
      isEmptied: head.deleted === true,
      outgoing: outgoing && {
        conversationId: head.id,
        messageIds: outgoing.messageIds,
        enqueuedAt: Date.now(),
        sealed: await this.#sealChanges(head.id, outgoing.changes),
        ...(base.writes === 0 ? {} : { rebases: base.rebases }),
      },
    }
  }

  /** Precondition: runs inside a transaction over all tables that it writes. */
  async #write({ row, records, isEmptied, outgoing }: Written, base: ReadCopy): Promise<void> {
    const { conversations, messages, outbox } = this.#database
    const current = await conversations.get(row.id)
    const version = base.state.head.version
    if ((current?.version ?? 0) !== version || (current?.writes ?? 0) !== base.writes) {
      throw new VersionConflictError({
        expectedVersion: version,
        actualVersion: current?.version ?? 0,
        theirs: undefined,
        missing: [],
      })
    }
    const writes = base.writes + 1
    await conversations.put({ ...row, writes })
    if (isEmptied) await messages.where({ conversationId: row.id }).delete()
    await messages.bulkPut(records.map((record) => ({ conversationId: row.id, writes, ...record })))
    if (outgoing !== undefined) await outbox.add(outgoing)
  }

  #sealChanges(id: string, changes: readonly ConversationChange[]) {
    return this.#vault.seal(placeOf('outbox', id), encodeChanges(changes))
  }
}

/** Why a row is put aside, in words without content. */
export function parkedBecause(error: unknown): ParkedBecause {
  if (error instanceof SDKError) {
    return { code: error.code, problem: error.message, userMessage: error.userMessage }
  }
  return { code: 'UNKNOWN', problem: String(error), userMessage: 'This could not be saved.' }
}

function toCopy(
  row: ConversationRow,
  head: LocalCopy['state']['head'],
  known: ReadCopy | undefined,
  changed: readonly StoredRecord[],
): ReadCopy {
  const byId = new Map(known?.state.head.tail.map((record) => [record.id, record]))
  for (const record of changed) byId.set(record.id, record)
  const tail = head.deleted === true ? [] : [...byId.values()].sort(compareRecords)
  return {
    state: { head: { ...head, tail }, sealed: new Map() },
    scheme: row.isPlain ? 'plain' : 'xsalsa20-poly1305',
    synced: row.synced,
    seen: row.seen,
    rebases: row.rebases,
    writes: row.writes,
  }
}
