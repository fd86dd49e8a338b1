import { textOf } from '@s5-conversations/react'
import type { Conversation, StorageManager } from '@s5-conversations/sdk-core'
import MiniSearch, { type SearchResult } from 'minisearch'

/** A message of one's own that fits a query. */
export interface FoundMessage {
  conversationId: string
  messageId: string
  /** Of the conversation. */
  title: string
  role: string
  /** The beginning of what it says. */
  excerpt: string
}

export interface IndexProgress {
  indexed: number
  total: number
}

type Storage = Pick<StorageManager, 'listConversations' | 'loadConversation'>
type Indexed = FoundMessage & { id: string; text: string }

const PAGE_SIZE = 100
const LOADED_AT_ONCE = 4
const EXCERPT_LENGTH = 240

/** Full-text search over all conversations of who is signed in. The index is made here and stays here. */
export class HistorySearch {
  readonly #storage: Storage
  readonly #index = new MiniSearch<Indexed>({
    fields: ['text', 'title'],
    storeFields: ['conversationId', 'messageId', 'title', 'role', 'excerpt'],
    searchOptions: { boost: { title: 2 }, prefix: true, fuzzy: 0.15 },
  })
  readonly #known = new Map<string, { version: number; ids: string[] }>()

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** Reads what has changed since the last time. */
  async refresh(signal: AbortSignal, onProgress: (progress: IndexProgress) => void): Promise<void> {
    const changed = await this.#listChanged(signal)
    const total = changed.length
    let indexed = 0
    const next = async (): Promise<void> => {
      for (let id = changed.pop(); id !== undefined && !signal.aborted; id = changed.pop()) {
        const conversation = await this.#storage.loadConversation(id, { readOnly: true, signal })
        if (conversation !== undefined) this.#put(conversation)
        indexed += 1
        onProgress({ indexed, total })
      }
    }
    await Promise.all(Array.from({ length: LOADED_AT_ONCE }, next))
  }

  /** The messages that fit best, but none of the conversation `except`. */
  search(query: string, { limit, except }: { limit: number; except?: string }): FoundMessage[] {
    const filter = (result: SearchResult) => result.conversationId !== except
    const found = this.#index.search(query, { filter })
    return found.slice(0, limit).map(({ conversationId, messageId, title, role, excerpt }) => ({
      conversationId,
      messageId,
      title,
      role,
      excerpt,
    }))
  }

  async #listChanged(signal: AbortSignal): Promise<string[]> {
    const changed: string[] = []
    const listed = new Set<string>()
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await this.#storage.listConversations({
        limit: PAGE_SIZE,
        signal,
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const { id, version } of page.items) {
        listed.add(id)
        if (this.#known.get(id)?.version !== version) changed.push(id)
      }
      cursor = page.cursor
    }
    for (const id of this.#known.keys()) if (!listed.has(id)) this.#remove(id)
    return changed.reverse()
  }

  #put({ id: conversationId, title = 'Untitled', version, messages }: Conversation): void {
    this.#remove(conversationId)
    const indexed = messages.map(({ id: messageId, role, content }) => {
      const text = textOf(content)
      const excerpt = text.slice(0, EXCERPT_LENGTH)
      return { id: `${conversationId}\n${messageId}`, conversationId, messageId, title, role, text, excerpt }
    })
    this.#index.addAll(indexed)
    this.#known.set(conversationId, { version, ids: indexed.map(({ id }) => id) })
  }

  #remove(conversationId: string): void {
    this.#index.discardAll(this.#known.get(conversationId)?.ids ?? [])
    this.#known.delete(conversationId)
  }
}
