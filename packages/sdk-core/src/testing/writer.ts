import type { ConversationChange } from '../conversation/change'
import type { ListPage } from '../conversation/listing'
import type { Conversation, ConversationSummary } from '../conversation/types'
import type { Page } from '../conversation/view'
import type {
  CommitOutcome,
  CommitReceipt,
  ConversationList,
  ConversationStore,
} from '../storage/conversation-store'

/** No call of a clause takes longer, in ms. */
const CALL_DEADLINE_MS = 20_000

/** The conversation that clauses are about unless they say otherwise. */
export const CONVERSATION = 'conversation'

/** One writer, in the words of the clauses. */
export class Writer {
  readonly store: ConversationStore
  #closing: Promise<void> | undefined

  constructor(store: ConversationStore) {
    this.store = store
  }

  commit(changes: readonly ConversationChange[], id = CONVERSATION): Promise<CommitOutcome[]> {
    return this.store.commit(id, changes, deadline())
  }

  /** The receipt of one change. @throws what the store gave instead. */
  async make(change: ConversationChange, id = CONVERSATION): Promise<CommitReceipt> {
    const [outcome, ...more] = await this.commit([change], id)
    if (outcome === undefined || more.length > 0) throw new Error('one change must have one outcome')
    if ('error' in outcome) throw outcome.error
    return outcome.receipt
  }

  /** What one change was refused with. @throws Error where it was not. */
  async refusal(change: ConversationChange, id = CONVERSATION): Promise<unknown> {
    const [outcome] = await this.commit([change], id)
    if (outcome !== undefined && 'error' in outcome) return outcome.error
    throw new Error('the store took a change that it must refuse')
  }

  find(page: Page = {}, id = CONVERSATION): Promise<Conversation | undefined> {
    return this.store.load(id, page, deadline())
  }

  /** @throws Error where there is no such conversation. */
  async load(page: Page = {}, id = CONVERSATION): Promise<Conversation> {
    const conversation = await this.find(page, id)
    if (conversation === undefined) throw new Error(`${id} is absent`)
    return conversation
  }

  /** Ids of the messages, in order. */
  async ids(page: Page = {}): Promise<string[]> {
    return (await this.load(page)).messages.map(({ id }) => id)
  }

  /** The whole list. */
  async list(): Promise<ConversationSummary[]> {
    return (await this.listPage({})).items
  }

  listPage(page: ListPage): Promise<ConversationList> {
    return this.store.list(page, deadline())
  }

  close(): Promise<void> {
    this.#closing ??= this.store.close()
    return this.#closing
  }
}

/** The stable code of an error, the same whichever copy of the SDK made it. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}

function deadline(): AbortSignal {
  return AbortSignal.timeout(CALL_DEADLINE_MS)
}
