import { isPlainObject } from '../conversation/json-value'
import { refuseUnknownFields } from '../conversation/message'
import type { Message } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import { parseLoadOptions, type ReadOptions } from '../storage/load-options'
import { fromListing, type Session, toListing } from './session'
import type { SessionStorage } from './session-storage'

/** The conversation that lists an owner's sessions, one message each. Conversations are listed without it. */
export const SESSION_INDEX_ID = 's5-conversations/sessions'

const PAGE_SIZE = 50

/** Options of `listSessions`. */
export interface ListSessionsOptions {
  /** Most sessions that are given back. @default 50 */
  limit?: number
  /** Of the page before. */
  cursor?: string
}

/** One page of the list of sessions. */
export interface SessionPage {
  /** The latest started first. */
  items: Session[]
  /** Where the next page begins; absent where there is none. */
  cursor?: string
}

/** All sessions of an owner, without a look at their conversations. Follows what a conversation says of them. */
export class SessionIndex {
  readonly #storage: SessionStorage

  constructor(storage: SessionStorage) {
    this.#storage = storage
  }

  /** Lists a session, or what became of it. */
  async put(session: Session): Promise<void> {
    const { id, provider, model, startedAt } = session
    const content = `${provider} ${model}`
    const entry = { id, role: 'system', content, createdAt: startedAt, metadata: toListing(session) } as const
    await this.#storage.saveConversation({ id: SESSION_INDEX_ID, messages: [entry] })
  }

  async find(id: string): Promise<Session | undefined> {
    const entries = await this.#load({})
    return entries.filter((entry) => entry.id === id).map(toSession)[0]
  }

  /** @throws InvalidInputError */
  async page(options: ListSessionsOptions): Promise<SessionPage> {
    const { limit, cursor } = parsePage(options)
    const entries = await this.#load({
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: cursor }),
    })
    const items = entries.slice(-limit).reverse().map(toSession)
    const last = items.at(-1)
    return { items, ...(entries.length > limit && last !== undefined ? { cursor: last.id } : {}) }
  }

  async #load(page: { limit?: number; before?: string }): Promise<Message[]> {
    const index = await this.#storage.loadConversation(SESSION_INDEX_ID, page)
    return index?.messages ?? []
  }
}

/** Empties the list of sessions. What versions of it were kept goes with time. */
export async function forgetSessions(storage: SessionStorage, options: ReadOptions = {}): Promise<void> {
  const index = await storage.loadConversation(SESSION_INDEX_ID, options)
  if (index === undefined || index.messageCount === 0) return
  await storage.saveConversation({ id: SESSION_INDEX_ID, messages: [] }, { ...options, overwrite: true })
}

function parsePage(options: unknown): ListSessionsOptions & { limit: number } {
  if (!isPlainObject(options)) throw new InvalidInputError('options', 'must be a plain object')
  refuseUnknownFields(options, ['limit', 'cursor'], 'options')
  const { limit = PAGE_SIZE, before } = parseLoadOptions({ limit: options.limit, before: options.cursor })
  return { limit, ...(before === undefined ? {} : { cursor: before }) }
}

function toSession({ id, metadata }: Message): Session {
  return fromListing(id, metadata)
}
