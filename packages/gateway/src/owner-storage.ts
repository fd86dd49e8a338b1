import {
  type CommitOutcome,
  type Conversation,
  type ConversationChange,
  type ConversationInput,
  type ConversationList,
  type ConversationListener,
  type ListPage,
  type MessageInput,
  type Page,
  type SaveOptions,
  type StorageManager,
  type StorageResult,
  VersionConflictError,
  type VersionInfo,
} from '@s5-conversations/sdk-core'

/** How many conversations of all owners are read at a time, to find those of one. */
const SCAN_PAGE = 500

/**
 * The conversations of one owner among those of all: ids begin with the owner's name inside, and never outside.
 * The only way from a route to the storage.
 */
export class OwnerStorage {
  readonly #storage: StorageManager
  readonly #prefix: string

  /** @param owner holds no slash */
  constructor(storage: StorageManager, owner: string) {
    this.#storage = storage
    this.#prefix = `${owner}/`
  }

  /** The id that the storage knows a conversation by. */
  inner(id: string): string {
    return this.#prefix + id
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    const conversation = await this.#storage.loadConversation(this.inner(id), {
      ...page,
      readOnly: true,
      signal,
    })
    return conversation && { ...conversation, id }
  }

  /** As `StorageManager.listConversations`; reads past the conversations of others. */
  async list(
    { limit = Number.POSITIVE_INFINITY, cursor }: ListPage,
    signal: AbortSignal,
  ): Promise<ConversationList> {
    const own: ConversationList['items'] = []
    let next = cursor === undefined ? undefined : cursor.replace('.', `.${this.#prefix}`)
    do {
      const page = { limit: SCAN_PAGE, signal, ...(next === undefined ? {} : { cursor: next }) }
      const found = await this.#storage.listConversations(page)
      own.push(...found.items.filter(({ id }) => id.startsWith(this.#prefix)))
      next = found.cursor
    } while (next !== undefined && own.length <= limit)
    const items = own.slice(0, limit).map((each) => ({ ...each, id: this.#outer(each.id) }))
    const last = items.at(-1)
    return own.length > items.length && last ? { items, cursor: `${last.updatedAt}.${last.id}` } : { items }
  }

  /** Replaces the whole conversation, where `expectedVersion` is the stored one. */
  replace(conversation: ConversationInput, options: SaveOptions): Promise<StorageResult> {
    const inner = { ...conversation, id: this.inner(conversation.id) }
    return this.#storage.saveConversation(inner, { ...options, overwrite: true })
  }

  append(id: string, messages: readonly MessageInput[], options: SaveOptions): Promise<StorageResult> {
    return this.#storage.appendMessages(this.inner(id), messages, options)
  }

  delete(id: string, expectedVersion: number, signal: AbortSignal): Promise<void> {
    return this.#storage.deleteConversation(this.inner(id), { expectedVersion, signal })
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    const outcomes = await this.#storage.commitChanges(this.inner(id), changes, { signal })
    return outcomes.map((outcome) =>
      'error' in outcome ? { error: withOuterId(outcome.error, id) } : outcome,
    )
  }

  versions(id: string, signal: AbortSignal): AsyncIterable<VersionInfo> {
    return this.#storage.listVersions(this.inner(id), { signal })
  }

  watch(id: string, listener: ConversationListener): () => void {
    return this.#storage.watchConversation(this.inner(id), (notice) =>
      listener({ ...notice, conversationId: id }),
    )
  }

  #outer(inner: string): string {
    return inner.slice(this.#prefix.length)
  }
}

function withOuterId(error: unknown, id: string): unknown {
  if (!(error instanceof VersionConflictError)) return error
  return new VersionConflictError({ ...error, theirs: { ...(error.theirs as Conversation), id } })
}
