import type { ConversationChange } from '../conversation/change'
import { parseId } from '../conversation/message'
import type { Conversation, ConversationInput, JsonValue, Message, MessageInput } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { InvalidInputError, UnsupportedError } from '../errors/input-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters, StorageStats } from '../observe/stats'
import { SESSION_INDEX_ID } from '../session/session-index'
import type {
  CommitOutcome,
  CommitReceipt,
  ConversationList,
  ConversationStore,
  OpenedShare,
  SharedList,
} from '../storage/conversation-store'
import { withDeadline } from '../storage/deadline'
import { eitherSignal } from '../storage/either-signal'
import { GroupCommit, type PendingSave } from '../storage/group-commit'
import type { VersionInfo } from '../storage/history'
import type { ConversationInspection } from '../storage/inspection'
import { type LockTable, withConversationLock } from '../storage/keyed-lock'
import {
  type ListOptions,
  type LoadOptions,
  parseListOptions,
  parseLoadOptions,
  parseReadOptions,
  parseVerifyOptions,
  READ_DEADLINE_MS,
  type ReadOptions,
  signalOf,
} from '../storage/load-options'
import type { SaveDraft } from '../storage/save-draft'
import {
  draftAppend,
  draftConversationDeletion,
  draftDeletion,
  draftEdit,
  draftSave,
  draftUpdate,
} from '../storage/save-inputs'
import {
  type AppendOptions,
  parseAppendOptions,
  parseDeleteOptions,
  parseSaveOptions,
  type SaveOptions,
} from '../storage/save-options'
import { SeenContent } from '../storage/seen-content'
import type { ShareOptions } from '../storage/share-options'
import { SharingCalls } from '../storage/sharing-calls'
import type { StorageResult } from '../storage/storage-result'
import type { VerificationReport, VerifyOptions } from '../storage/verify/report'
import type { ConversationListener } from '../storage/watcher'
import type { ExportFormat, ExportOptions } from '../transfer/export-conversations'
import type { ImportOptions } from '../transfer/import-conversations'
import type { ImportData } from '../transfer/import-data'
import type { ImportReport } from '../transfer/import-report'
import type { ImportTarget } from '../transfer/transfer-target'

/** Options of `deleteConversation`. */
export type DeleteOptions = Pick<SaveOptions, 'expectedVersion' | 'signal'>

export interface StorageManagerOptions {
  store: ConversationStore
  counters: StorageCounters
  log: Logger
  /** Names the owner: tabs of one owner wait for each other. */
  lockScope: string
}

/**
 * Saves and loads conversations. Every save of a conversation waits for the one before it, is retried on
 * conflicts and lost answers, and resolves only when the network has acknowledged it and lists it.
 *
 * Saves of one conversation that wait are committed together; each call gets its own outcome. All saves
 * reject with `InvalidInputError`, `RevisionConflictError`, `StoreUnavailableError`, `LockTimeoutError`,
 * `CorruptRecordError`, `ConversationDeletedError`, or the reason of `options.signal`.
 */
export class StorageManager {
  readonly #store: ConversationStore
  readonly #counters: StorageCounters
  readonly #seen = new SeenContent()
  readonly #group: GroupCommit
  readonly #log: Logger
  /** Of a store that cannot tell of changes itself. */
  readonly #listWatchers = new Set<() => void>()
  readonly #sharing: SharingCalls
  readonly #lockScope: string
  private readonly saveLocks: LockTable = new Map()
  #isClosed = false

  constructor({ store, counters, log, lockScope }: StorageManagerOptions) {
    this.#store = store
    this.#counters = counters
    this.#lockScope = lockScope
    this.#log = log
    this.#sharing = new SharingCalls({
      store,
      withLock: (id, task) => this.withConversationLock(id, task),
    })
    this.#group = new GroupCommit({ store, seen: this.#seen, counters, log })
  }

  /**
   * Saves a conversation: what differs from what this client last saved or loaded. Messages that are stored
   * but not in `conversation` stay; two writers' messages are united. Always makes a version.
   *
   * Thread safety: saves of one conversation run one after another, of several in parallel, in this and in
   * other tabs; other devices are met by compare-and-set. Retries: a conflict with another device is rebased
   * at once; without progress, and for lost answers, three times after 200, 400 and 800 ms.
   */
  saveConversation(conversation: ConversationInput, options: SaveOptions = {}): Promise<StorageResult> {
    return this.saveConversationWithVersion(conversation, options)
  }

  /**
   * {@link saveConversation} on condition: `expectedVersion` is the version the caller's copy is based on.
   * @throws VersionConflictError where another version is stored: nothing is written, nothing is retried
   * @throws IdempotencyKeyReusedError
   */
  async saveConversationWithVersion(
    conversation: ConversationInput,
    options: SaveOptions = {},
  ): Promise<StorageResult> {
    const checked = parseSaveOptions(options)
    return this.#save(draftSave(conversation, Date.now()), checked)
  }

  /** The older name of {@link saveConversation}. */
  storeConversation(conversation: ConversationInput, options: SaveOptions = {}): Promise<StorageResult> {
    return this.saveConversation(conversation, options)
  }

  /** {@link saveConversation}, sealed to the owner whatever the conversation was before. */
  saveConversationEncrypted(
    conversation: ConversationInput,
    options: SaveOptions = {},
  ): Promise<StorageResult> {
    return this.saveConversation(conversation, { ...options, encrypt: true })
  }

  /** {@link saveConversation}, readable by whoever knows the hash whatever the conversation was before. */
  saveConversationPlaintext(
    conversation: ConversationInput,
    options: SaveOptions = {},
  ): Promise<StorageResult> {
    return this.saveConversation(conversation, { ...options, encrypt: false })
  }

  /** {@link appendMessages} of one message. */
  appendMessage(
    conversationId: string,
    message: MessageInput,
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    return this.appendMessages(conversationId, [message], options)
  }

  /**
   * Adds messages at the end; creates the conversation if it is absent. Atomic: all of them or none, in their
   * order, in one version. A message without an id gets a fresh UUIDv7 before the first attempt; one whose id
   * is stored already is not added again.
   * @throws IdempotencyKeyReusedError for an id or a key that was used with other content
   */
  async appendMessages(
    conversationId: string,
    messages: readonly MessageInput[],
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    const checked = parseAppendOptions(options)
    return this.#save(draftAppend(conversationId, messages, checked.idempotencyKey, Date.now()), checked)
  }

  /** Sets the title, or metadata fields; the others stay. @throws InvalidInputError where there is no such conversation */
  async updateConversation(
    conversationId: string,
    fields: { title?: string; metadata?: Record<string, JsonValue> },
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    return this.#save(draftUpdate(conversationId, fields), parseAppendOptions(options))
  }

  /** Replaces the content of a message, in its place. @throws InvalidInputError where there is no such message */
  async editMessage(
    conversationId: string,
    messageId: string,
    content: Message['content'],
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    return this.#save(draftEdit(conversationId, messageId, content), parseAppendOptions(options))
  }

  /**
   * Takes a message away for good: no old copy brings it back. Deleting it again changes nothing.
   * @throws InvalidInputError where there never was such a message
   */
  async deleteMessage(
    conversationId: string,
    messageId: string,
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    return this.#save(draftDeletion(conversationId, messageId), parseAppendOptions(options))
  }

  /**
   * The current version, by a fresh read: all messages, or the last `limit` before the message `before`.
   * `undefined` only where the network says that there is none. With `version`, that one of
   * {@link listVersions}.
   * @throws StoreUnavailableError, CorruptRecordError, DecryptionFailedError, UnsupportedFormatError
   */
  async loadConversation(
    conversationId: string,
    options: LoadOptions = {},
  ): Promise<Conversation | undefined> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const { signal, readOnly, ...page } = parseLoadOptions(options)
    const conversation = await withDeadline(READ_DEADLINE_MS, signal, (either) =>
      this.#store.load(id, page, either),
    )
    if (conversation === undefined || readOnly === true || page.version !== undefined) return conversation
    this.#seen.remember(conversation)
    this.#seen.rememberVersion(id, conversation.version)
    return conversation
  }

  /**
   * Recomputes every hash, signature, count and receipt of a conversation, from each portal by itself, and says
   * what is damaged, where, and whether another portal has it. Changes nothing. Costs every blob from every
   * portal; `signal` ends it.
   * @throws InvalidInputError where nobody knows such a conversation, UnsupportedError where the store has nothing
   * to recompute
   */
  async verifyConversation(conversationId: string, options: VerifyOptions = {}): Promise<VerificationReport> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const { signal = new AbortController().signal, onProgress } = parseVerifyOptions(options)
    if (this.#store.verify === undefined) throw new UnsupportedError('this store has nothing to recompute')
    return this.#store.verify(id, signal, onProgress)
  }

  /**
   * Where the current version lies, and of which parts it consists, for diagnostics: its registry entry, head,
   * segments, receipts and history, and nothing of what it says. By a fresh read; changes nothing.
   * @returns `undefined` where the network says that there is no such conversation
   * @throws as {@link loadConversation}; UnsupportedError where the store does not lie on portals
   */
  async inspectConversation(
    conversationId: string,
    options: ReadOptions = {},
  ): Promise<ConversationInspection | undefined> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const { signal } = parseReadOptions(options)
    const inspect = this.#store.inspect?.bind(this.#store)
    if (inspect === undefined) throw new UnsupportedError('this store does not lie on portals')
    return withDeadline(READ_DEADLINE_MS, signal, (either) => inspect(id, either))
  }

  /**
   * Calls `listener` with the version that is current, as soon as it is known, and then with each newer one,
   * whoever makes it; several at once may come as one. The network pushes; where it cannot, it is asked every
   * few seconds (`getStats().polls`). Nothing is called for a conversation that does not exist yet.
   * @returns a function that ends it; closing the SDK does too
   * @throws InvalidInputError, UnsupportedError where the store cannot tell
   */
  watchConversation(conversationId: string, listener: ConversationListener): () => void {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    if (typeof listener !== 'function') throw new InvalidInputError('listener', 'must be a function')
    if (this.#store.watch === undefined) throw new UnsupportedError('this store does not tell of changes')
    return this.#store.watch(id, listener)
  }

  /**
   * Calls `listener` when {@link listConversations} may give something else than before: after what is saved here,
   * and, where the store can tell, in other tabs and on other devices. Several changes may come as one; some change
   * nothing that is listed.
   * @returns a function that ends it; closing the SDK does too
   * @throws InvalidInputError
   */
  watchConversations(listener: () => void): () => void {
    this.#refuseWhenClosed()
    if (typeof listener !== 'function') throw new InvalidInputError('listener', 'must be a function')
    const tell = () => {
      try {
        listener()
      } catch (error) {
        this.#log.warn({ error }, 'A listener of the list failed')
      }
    }
    if (this.#store.watchList !== undefined) return this.#store.watchList(tell)
    this.#listWatchers.add(tell)
    return () => void this.#listWatchers.delete(tell)
  }

  /**
   * The versions that `loadConversation` can still give, the newest first: the current one, those that are kept
   * (the last of each hour, and the one before an overwrite or a merge; two dozen at most), and all of the last
   * day. Each costs a request when it is asked for; ends with `break`, or by `signal`.
   * @throws UnsupportedError where the store keeps no old versions
   */
  async *listVersions(conversationId: string, options: ReadOptions = {}): AsyncGenerator<VersionInfo> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const signal = signalOf(options)
    if (this.#store.versions === undefined) throw new UnsupportedError('this store keeps no old versions')
    yield* this.#store.versions(id, signal)
  }

  /**
   * The owner's conversations, the last changed first: all of them, or at most `limit` at a time, each page by
   * the `cursor` of the page before. A conversation is listed before its first save is acknowledged; what the
   * list says of it follows within seconds.
   * @throws as {@link loadConversation}
   */
  async listConversations(options: ListOptions = {}): Promise<ConversationList> {
    this.#refuseWhenClosed()
    const { signal, ...page } = parseListOptions(options)
    const { items, ...rest } = await withDeadline(READ_DEADLINE_MS, signal, (either) =>
      this.#store.list(page, either),
    )
    return { items: items.filter(({ id }) => id !== SESSION_INDEX_ID), ...rest }
  }

  /**
   * Takes a conversation away for good: a late append or an old copy does not raise it, and portals are asked
   * to forget its blobs. Decided on `expectedVersion`, or else on the version last seen by this SDK. Deleting it
   * again changes nothing.
   * @throws VersionConflictError where somebody has changed it since
   * @throws InvalidInputError where there never was such a conversation
   */
  async deleteConversation(conversationId: string, options: DeleteOptions = {}): Promise<void> {
    await this.#save(draftConversationDeletion(conversationId), parseDeleteOptions(options))
  }

  /**
   * What others need to share a conversation with this identity: a public key, signed by its wallet, which is asked
   * once. It may be shown to anybody.
   * @throws SignatureRejectedError, SignerFailedError, UnsupportedError where the store shares nothing
   */
  async sharingAddress(options: ReadOptions = {}): Promise<string> {
    return this.#openSharing().address(options)
  }

  /**
   * Lets `to` read a conversation, with `write` also write in it. Gives a capability, which nobody else can open;
   * the recipient's {@link openShared} takes it. Sharing for the first time seals the conversation anew, and leaves
   * its older versions behind.
   * @param options `to` is the recipient's {@link sharingAddress}
   * @throws InvalidInputError for an address that is altered or not signed by whom it names, or where there is no
   * such conversation; UnsupportedError where it belongs to somebody else; and as {@link saveConversation}
   */
  async shareConversation(conversationId: string, options: ShareOptions): Promise<string> {
    return this.#openSharing().share(conversationId, options)
  }

  /**
   * Accepts what somebody has shared. The conversation is on the list of this identity before this resolves, under
   * the id that it gives, and is used like any other. The same capability again gives the same.
   * @throws InvalidInputError (cut short, altered), DecryptionFailedError (for somebody else), ShareRevokedError,
   * ConversationDeletedError, UnsupportedError (lies on other portals), StoreUnavailableError, CorruptRecordError
   */
  async openShared(capability: string, options: ReadOptions = {}): Promise<OpenedShare> {
    return this.#openSharing().open(capability, options)
  }

  /**
   * Takes a share back: all of the conversation is sealed anew under keys that `to` does not get, and what is left
   * of the others' shares goes on by itself. What `to` has read stays read.
   * @throws InvalidInputError where it was not shared with them; and as {@link shareConversation}
   */
  async revokeShare(conversationId: string, options: Omit<ShareOptions, 'write'>): Promise<void> {
    return this.#openSharing().revoke(conversationId, options)
  }

  /** What this identity shares with whom, and what others share with it. @throws as {@link loadConversation} */
  async listShared(options: ReadOptions = {}): Promise<SharedList> {
    return this.#openSharing().list(options)
  }

  /**
   * A conversation as text: as JSON that says everything and {@link importConversations} reads back, or as
   * Markdown for people.
   * @throws InvalidInputError where there is no such conversation
   */
  async exportConversation(
    conversationId: string,
    format: ExportFormat,
    options: ReadOptions = {},
  ): Promise<string> {
    const { exportConversation } = await import('../transfer/export-conversations')
    return exportConversation(this, conversationId, format, options)
  }

  /** All conversations as JSON lines, one conversation a line. @throws as {@link loadConversation} */
  async *exportConversations(options: ExportOptions = {}): AsyncIterable<string> {
    const { exportConversations } = await import('../transfer/export-conversations')
    yield* exportConversations(this, options)
  }

  /**
   * Adds the conversations and messages of a file that are missing here: own JSON, ChatGPT's
   * `conversations.json`, or ShareGPT; a list, or JSON lines. What is stored is never altered. The file is never
   * held as a whole. A record that is broken is reported, and the next one read. The same import again adds
   * nothing; after an abort or a crash it goes on where it ended.
   * @throws InvalidInputError for wrong arguments, and as {@link saveConversation} where the store cannot be
   * reached
   */
  async importConversations(data: ImportData, options: ImportOptions = {}): Promise<ImportReport> {
    const { importConversations } = await import('../transfer/import-conversations')
    return importConversations(this.#importTarget(), data, options)
  }

  /**
   * What a store is asked for, under the lock: for those who offer this storage to others as a
   * `ConversationStore`, over a wire. The changes are checked; nothing is retried.
   * @throws as `ConversationStore.commit`; InvalidInputError
   */
  async commitChanges(
    conversationId: string,
    changes: readonly ConversationChange[],
    options: ReadOptions = {},
  ): Promise<CommitOutcome[]> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const { signal } = parseReadOptions(options)
    const { parseChanges } = await import('../conversation/parse-change')
    const checked = parseChanges(changes)
    return this.withConversationLock(id, (held) =>
      this.#store.commit(id, checked, eitherSignal(held, signal)),
    )
  }

  /** Counts since the SDK was created. */
  getStats(): StorageStats {
    return { ...this.#counters, ...this.#store.getTransferStats() }
  }

  /** Waits for saves under way, then refuses all further calls. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    while (this.saveLocks.size > 0) await Promise.all(this.saveLocks.values())
    await this.#store.close()
  }

  #importTarget(): ImportTarget {
    return {
      load: (id, options) => this.loadConversation(id, options),
      create: (conversation, options) =>
        this.#save({ ...draftSave(conversation, Date.now()), absentAt: 0 }, options),
      append: (id, messages, absentAt, options) => {
        const draft = draftAppend(id, messages, undefined, Date.now())
        return this.#save(absentAt === undefined ? draft : { ...draft, absentAt }, options)
      },
      setFields: (id, fields, options) => this.updateConversation(id, fields, options),
    }
  }

  async #save(draft: SaveDraft, options: SaveOptions): Promise<StorageResult> {
    this.#refuseWhenClosed()
    const pending = this.#group.enqueue(draft, options)
    const committed = this.withConversationLock(draft.id, (signal) =>
      this._saveConversationInternal(pending, { signal }),
    )
    committed.catch((error: unknown) => this.#group.abandon(pending, error))
    const { ignored, ...receipt } = await pending.receipt
    for (const tell of [...this.#listWatchers]) tell()
    return { conversationId: draft.id, ...receipt, ...(ignored.length === 0 ? {} : { ignored }) }
  }

  #openSharing(): SharingCalls {
    this.#refuseWhenClosed()
    return this.#sharing
  }

  private withConversationLock<T>(
    conversationId: string,
    task: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return withConversationLock(conversationId, task, { locks: this.saveLocks, scope: this.#lockScope })
  }

  /** Precondition: the caller holds the lock of `conversation`. */
  private _saveConversationInternal(
    conversation: PendingSave,
    options: { signal: AbortSignal },
    maxRetries = 3,
  ): Promise<CommitReceipt> {
    return this.#group.run(conversation, options.signal, maxRetries)
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ClosedError()
  }
}
