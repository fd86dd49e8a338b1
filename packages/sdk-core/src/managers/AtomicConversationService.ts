import { checksumOf } from '../conversation/checksum'
import { isPlainObject } from '../conversation/json-value'
import { refuseUnknownFields } from '../conversation/message'
import type { Conversation, ConversationInput } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { InvalidInputError } from '../errors/input-errors'
import { SDKError } from '../errors/sdk-error'
import type { NotificationOptions } from '../observe/notification'
import type { PersistenceKind } from '../observe/persistence-kinds'
import type { LoadOptions } from '../storage/load-options'
import { LruMap } from '../storage/lru-map'
import { mapInParallel } from '../storage/map-in-parallel'
import { retryWithBackoff } from '../storage/retry'
import type { SaveOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'

const AT_ONCE = 8
const MAX_RETRIES = 3
const KNOWN_CONVERSATIONS = 1024
const OPTIONS = ['forceOverwrite', 'notifyUser', 'retryOnFailure']

/** Options of `saveConversations`. */
export interface SaveConversationsOptions {
  /** On a conflict the caller's copy replaces what is stored; the version before is kept. @default false */
  forceOverwrite?: boolean
  /** Tells the user what came of it. @default true */
  notifyUser?: boolean
  /** Tries again, a few times, what may pass. @default true */
  retryOnFailure?: boolean
}

/**
 * What became of one conversation: written as it is; united with what others wrote; replaced what others wrote;
 * nothing to write; or not written at all.
 */
export type SaveOutcome =
  | { conversationId: string; status: 'saved' | 'merged' | 'overwritten'; result: StorageResult }
  | { conversationId: string; status: 'unchanged'; version: number }
  | { conversationId: string; status: 'failed'; error: unknown }

/** What became of one conversation that is listed. */
export type LoadOutcome =
  | { conversationId: string; status: 'loaded'; conversation: Conversation }
  | { conversationId: string; status: 'failed'; error: unknown }

/** Counts of conversations since the service was made. */
export interface AtomicStats {
  saved: number
  merged: number
  overwritten: number
  unchanged: number
  failed: number
  loaded: number
  /** Saves that met another version than their own. */
  conflicts: number
  retries: number
}

/** What is needed of the door to storage. */
export interface ConversationDoor {
  saveConversationWithVersion(conversation: ConversationInput, options?: SaveOptions): Promise<StorageResult>
  loadConversation(conversationId: string, options?: LoadOptions): Promise<Conversation | undefined>
  listConversations(): Promise<{ items: readonly { id: string }[] }>
}

export interface AtomicConversationServiceOptions {
  /** That of who is signed in. */
  storage(): ConversationDoor
  notify(kind: PersistenceKind, options?: NotificationOptions): void
}

interface Known {
  version: number
  checksum: string
}

/**
 * Saves and loads many conversations at a time: each is written whole or not at all, and has an outcome of its
 * own. Conflicts are found by version, and told from mere repetition by checksum.
 */
export class AtomicConversationService {
  readonly #options: AtomicConversationServiceOptions
  readonly #known = new LruMap<string, Known>(KNOWN_CONVERSATIONS)
  readonly #stats: AtomicStats = {
    saved: 0,
    merged: 0,
    overwritten: 0,
    unchanged: 0,
    failed: 0,
    loaded: 0,
    conflicts: 0,
    retries: 0,
  }

  constructor(options: AtomicConversationServiceOptions) {
    this.#options = options
  }

  /**
   * Saves `conversations`, in parallel; never rejects for one of them. Where others have written since, both are
   * kept, unless `forceOverwrite` says otherwise. Gives one outcome for each, in their order.
   * @throws InvalidInputError before anything is saved, for what is no list of objects, and for unknown options
   */
  async saveConversations(
    conversations: readonly ConversationInput[],
    options: SaveConversationsOptions = {},
  ): Promise<SaveOutcome[]> {
    refuseWrongInput(conversations, options)
    const outcomes = await mapInParallel(conversations, AT_ONCE, (each) => this.#save(each, options))
    for (const { status } of outcomes) this.#stats[status] += 1
    if (options.notifyUser !== false) this.#tell(conversations, outcomes, options)
    return outcomes
  }

  /** Loads all conversations that are listed. Gives one outcome for each, in the order of the list. */
  async loadConversations(): Promise<LoadOutcome[]> {
    const storage = this.#options.storage()
    const { items } = await storage.listConversations()
    const outcomes = await mapInParallel(items, AT_ONCE, ({ id }) => this.#load(storage, id))
    return outcomes.filter((outcome) => outcome !== undefined)
  }

  /** Counts since the service was made. */
  getStats(): AtomicStats {
    return { ...this.#stats }
  }

  async #load(storage: ConversationDoor, conversationId: string): Promise<LoadOutcome | undefined> {
    try {
      const conversation = await storage.loadConversation(conversationId)
      if (conversation === undefined) return undefined
      this.#remember(conversation, conversation.version)
      this.#stats.loaded += 1
      return { conversationId, status: 'loaded', conversation }
    } catch (error) {
      this.#stats.failed += 1
      return { conversationId, status: 'failed', error }
    }
  }

  async #save(conversation: ConversationInput, options: SaveConversationsOptions): Promise<SaveOutcome> {
    const { id: conversationId } = conversation
    try {
      const known = this.#known.get(conversationId)
      const isAsKnown = known !== undefined && (conversation.version ?? known.version) === known.version
      if (isAsKnown && checksumOf(conversation) === known.checksum) {
        return { conversationId, status: 'unchanged', version: known.version }
      }
      return await this.#write(conversation, conversation.version ?? known?.version, options)
    } catch (error) {
      return { conversationId, status: 'failed', error }
    }
  }

  async #write(
    conversation: ConversationInput,
    base: number | undefined,
    options: SaveConversationsOptions,
  ): Promise<SaveOutcome> {
    const { id: conversationId } = conversation
    let expectedVersion = base
    for (let conflicts = 0; ; conflicts += 1) {
      const isOverwrite = conflicts > 0 && options.forceOverwrite === true
      try {
        const condition = expectedVersion === undefined ? {} : { expectedVersion }
        const result = await this.#attempt(
          conversation,
          { ...condition, ...(isOverwrite ? { overwrite: true } : {}) },
          options,
        )
        this.#remember(conversation, result.version)
        return {
          conversationId,
          status: isOverwrite ? 'overwritten' : conflicts > 0 ? 'merged' : 'saved',
          result,
        }
      } catch (error) {
        if (!(error instanceof VersionConflictError) || conflicts === MAX_RETRIES) throw error
        this.#stats.conflicts += 1
        const theirs = error.theirs as Conversation | undefined
        if (theirs !== undefined && checksumOf(theirs) === checksumOf(conversation)) {
          return { conversationId, status: 'unchanged', version: error.actualVersion }
        }
        expectedVersion = error.actualVersion
      }
    }
  }

  #attempt(
    conversation: ConversationInput,
    saveOptions: SaveOptions,
    { retryOnFailure = true }: SaveConversationsOptions,
  ): Promise<StorageResult> {
    const attempt = () => this.#options.storage().saveConversationWithVersion(conversation, saveOptions)
    return retryWithBackoff(attempt, {
      maxRetries: retryOnFailure ? MAX_RETRIES : 0,
      signal: new AbortController().signal,
      onRetry: () => {
        this.#stats.retries += 1
      },
    })
  }

  #remember(conversation: ConversationInput, version: number): void {
    this.#known.set(conversation.id, { version, checksum: checksumOf(conversation) })
  }

  #tell(
    conversations: readonly ConversationInput[],
    outcomes: readonly SaveOutcome[],
    options: SaveConversationsOptions,
  ): void {
    const has = (status: SaveOutcome['status']) => outcomes.some((outcome) => outcome.status === status)
    const failed = conversations.filter((_, i) => outcomes[i]?.status === 'failed')
    if (failed.length > 0) {
      const run = () => void this.saveConversations(failed, options)
      const retryable = outcomes.some(isRetryable)
      this.#options.notify('save_failed', { retryable, actions: [{ label: 'Try again', run }] })
    }
    if (has('merged')) this.#options.notify('conflict_merged')
    if (failed.length === 0 && (has('saved') || has('overwritten'))) this.#options.notify('save_success')
  }
}

function refuseWrongInput(conversations: unknown, options: unknown): void {
  if (!Array.isArray(conversations)) throw new InvalidInputError('conversations', 'must be an array')
  const wrong = conversations.findIndex((each) => !isPlainObject(each))
  if (wrong !== -1) throw new InvalidInputError(`conversations[${wrong}]`, 'must be a plain object')
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, OPTIONS, 'options')
}

function isRetryable(outcome: SaveOutcome): boolean {
  return outcome.status === 'failed' && outcome.error instanceof SDKError && outcome.error.retryable
}
