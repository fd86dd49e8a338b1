import type { ConversationChange } from '../conversation/changes'
import {
  type ConversationDraft,
  completeMessages,
  parseConversation,
} from '../conversation/conversation-input'
import { parseId, parseMessage } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import type {
  Conversation,
  ConversationInput,
  ConversationSummary,
  MessageInput,
} from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { InvalidInputError } from '../errors/input-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters, StorageStats } from '../observe/stats'
import type { CommitReceipt, ConversationStore } from '../storage/conversation-store'
import { withDeadline } from '../storage/deadline'
import { type LockTable, withKeyedLock } from '../storage/keyed-lock'
import { retryWithBackoff } from '../storage/retry'
import { parseSaveOptions } from '../storage/save-options'
import { SeenContent } from '../storage/seen-content'

/** A save that has not landed after this time fails, in ms. */
const SAVE_DEADLINE_MS = 30_000
const READ_DEADLINE_MS = 30_000

export interface ReadOptions {
  signal?: AbortSignal
}

export interface SaveOptions {
  /**
   * Sealed to the owner, or readable by whoever knows the hash. Left out: as the conversation is stored,
   * sealed for a new one. Given: rewrites a stored conversation of the other scheme in one commit.
   */
  encrypt?: boolean
  /** Ends the call; a write under way may still land. */
  signal?: AbortSignal
}

/** What an acknowledged save gives back. */
export interface StorageResult extends Omit<CommitReceipt, 'ignored'> {
  conversationId: string
  /** Messages and fields that were left as stored, because the caller's copy was not known to be newer. */
  ignored?: string[]
}

export interface StorageManagerOptions {
  store: ConversationStore
  counters: StorageCounters
  log: Logger
}

/** A draft, and whether it only adds messages. */
type Draft = ConversationDraft & { isAppend: boolean }

/**
 * Saves and loads conversations. Every save of a conversation waits for the one before it, is retried on
 * conflicts and lost answers, and resolves only when the network has acknowledged it and lists it.
 */
export class StorageManager {
  readonly #store: ConversationStore
  readonly #counters: StorageCounters
  readonly #log: Logger
  readonly #seen = new SeenContent()
  private readonly saveLocks: LockTable = new Map()
  #isClosed = false

  constructor({ store, counters, log }: StorageManagerOptions) {
    this.#store = store
    this.#counters = counters
    this.#log = log
  }

  /**
   * Saves a conversation: what differs from what this client last saved or loaded. Messages that are stored
   * but not in `conversation` stay; two writers' messages are united.
   *
   * Thread safety: saves of one conversation run one after another, of several in parallel. Retries: a
   * conflict with another device is rebased at once; without progress, and for lost answers, three times
   * after 200, 400 and 800 ms.
   * @throws InvalidInputError, RevisionConflictError, StoreUnavailableError, CorruptRecordError,
   * ConversationDeletedError; or the reason of `options.signal`
   */
  async saveConversation(conversation: ConversationInput, options: SaveOptions = {}): Promise<StorageResult> {
    const draft = { ...parseConversation(conversation, Date.now()), isAppend: false }
    return this.#save(draft, options)
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
    options: SaveOptions = {},
  ): Promise<StorageResult> {
    return this.appendMessages(conversationId, [message], options)
  }

  /**
   * Adds messages at the end, all of them or none, in their order; creates the conversation if it is absent.
   * A message without an id gets a fresh UUIDv7 before the first attempt; one whose id is stored already
   * is not added again.
   * @throws as {@link saveConversation}; IdempotencyKeyReusedError for a stored id with other content
   */
  async appendMessages(
    conversationId: string,
    messages: readonly MessageInput[],
    options: SaveOptions = {},
  ): Promise<StorageResult> {
    const id = parseId(conversationId, 'conversationId')
    if (!Array.isArray(messages)) throw new InvalidInputError('messages', 'must be an array')
    const drafts = messages.map((message, i) => parseMessage(message, `messages[${i}]`))
    if (drafts.length === 0) throw new InvalidInputError('messages', 'must hold at least one message')
    const complete = completeMessages(drafts, Date.now(), createMessageId)
    return this.#save({ id, messages: complete, metadata: {}, isAppend: true }, options)
  }

  /**
   * The current version, by a fresh read. `undefined` only where the network says that there is none.
   * @throws StoreUnavailableError, CorruptRecordError, DecryptionFailedError, UnsupportedFormatError
   */
  async loadConversation(
    conversationId: string,
    options: ReadOptions = {},
  ): Promise<Conversation | undefined> {
    this.#refuseWhenClosed()
    const id = parseId(conversationId, 'conversationId')
    const conversation = await withDeadline(READ_DEADLINE_MS, options.signal, (signal) =>
      this.#store.load(id, signal),
    )
    if (conversation !== undefined) this.#seen.remember(conversation)
    return conversation
  }

  /** All conversations of the owner, the newest first. @throws as {@link loadConversation} */
  async listConversations(options: ReadOptions = {}): Promise<{ items: ConversationSummary[] }> {
    this.#refuseWhenClosed()
    const items = await withDeadline(READ_DEADLINE_MS, options.signal, (signal) => this.#store.list(signal))
    return { items }
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

  async #save(draft: Draft, options: SaveOptions): Promise<StorageResult> {
    this.#refuseWhenClosed()
    const checked = parseSaveOptions(options)
    return this.withConversationLock(draft.id, () => this._saveConversationInternal(draft, checked))
  }

  private withConversationLock<T>(conversationId: string, task: () => Promise<T>): Promise<T> {
    return withKeyedLock(this.saveLocks, conversationId, task)
  }

  /** Precondition: the caller holds the lock for `conversation.id`. */
  private async _saveConversationInternal(
    conversation: Draft,
    options: SaveOptions,
    maxRetries = 3,
  ): Promise<StorageResult> {
    const change = this.#changeOf(conversation, options)
    try {
      const receipt = await this.#commitWithRetries(conversation.id, change, options.signal, maxRetries)
      this.#seen.remember(conversation)
      this.#counters.saves += 1
      const { ignored, ...result } = receipt
      return { conversationId: conversation.id, ...result, ...(ignored.length === 0 ? {} : { ignored }) }
    } catch (error) {
      this.#seen.rememberAttempt(conversation)
      throw error
    }
  }

  #commitWithRetries(
    id: string,
    change: ConversationChange,
    signal: AbortSignal | undefined,
    maxRetries: number,
  ): Promise<CommitReceipt> {
    return withDeadline(SAVE_DEADLINE_MS, signal, (either) =>
      retryWithBackoff(() => this.#store.commit(id, change, either), {
        maxRetries,
        signal: either,
        onRetry: (error, attempt) => {
          this.#counters.retries += 1
          this.#log.debug({ attempt, error: error.message }, 'Saving again')
        },
      }),
    )
  }

  /** Computed once, under the lock, so that every attempt asks for the same. */
  #changeOf(draft: Draft, options: SaveOptions): ConversationChange {
    const { isAppend, id, messages, createdAt } = draft
    return {
      isAppend,
      messages: messages.map((message) => ({
        message,
        intent: isAppend ? 'append' : this.#seen.intentOf(id, message),
      })),
      ...this.#seen.fieldChanges(draft),
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(options.encrypt === undefined ? {} : { scheme: options.encrypt ? 'xsalsa20-poly1305' : 'plain' }),
    }
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ClosedError()
  }
}
