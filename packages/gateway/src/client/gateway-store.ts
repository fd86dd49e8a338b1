import {
  type CommitOutcome,
  type Conversation,
  type ConversationChange,
  type ConversationList,
  type ConversationListener,
  type ConversationStore,
  CorruptRecordError,
  type ListPage,
  type Page,
  SDKError,
  StoreUnavailableError,
  type TransferStats,
  type VersionInfo,
} from '@s5-conversations/sdk-core'
import { changeToWire } from '../wire/changes'
import { isObject } from '../wire/messages'
import { GatewayClient, pathOf } from './gateway-client'
import { watchGateway } from './gateway-watch'
import { conversationFromWire, errorFromProblem } from './problems'

/** What the gateway gives at once of a list. */
const PAGE = 1000

/** Options of `createGatewayStore`. */
export interface GatewayStoreOptions {
  /** How requests are made; where there are no pages with cookies, it adds the session's. @default fetch */
  fetch?: typeof fetch
}

/**
 * The conversations of who has signed in on a gateway. As durable as what the gateway keeps them in.
 * @throws InvalidInputError
 * @example
 * const sdk = await createSdk({ store: createGatewayStore('https://chat.example') })
 */
export function createGatewayStore(url: string, options: GatewayStoreOptions = {}): ConversationStore {
  return new GatewayStore(new GatewayClient(url, options.fetch ?? ((input, init) => fetch(input, init))))
}

class GatewayStore implements ConversationStore {
  readonly #client: GatewayClient
  readonly #closing = new AbortController()
  /** The version that each change was first attempted on, where it matters. */
  readonly #firstAttempts = new WeakMap<ConversationChange, number>()

  constructor(client: GatewayClient) {
    this.#client = client
  }

  async commit(
    id: string,
    changes: readonly ConversationChange[],
    signal: AbortSignal,
  ): Promise<CommitOutcome[]> {
    const decided: ConversationChange[] = []
    for (const change of changes) decided.push(await this.#decide(id, change, signal))
    const body = JSON.stringify({ changes: decided.map(changeToWire) })
    try {
      const answer = await this.#client.ask(`${pathOf(id)}/commits`, id, { method: 'POST', body, signal })
      return outcomesOf(answer, id, changes.length)
    } catch (error) {
      if (changes.length === 1 && error instanceof SDKError && !error.retryable) return [{ error }]
      throw error
    }
  }

  async load(id: string, page: Page, signal: AbortSignal): Promise<Conversation | undefined> {
    const answer = await this.#client.ask(`${pathOf(id)}${queryOf({ ...page })}`, id, { signal })
    return answer === undefined ? undefined : conversationFromWire(answer)
  }

  async list(
    { limit = Number.POSITIVE_INFINITY, cursor }: ListPage,
    signal: AbortSignal,
  ): Promise<ConversationList> {
    const items: ConversationList['items'] = []
    let next = cursor
    do {
      const page = { limit: Math.min(limit - items.length, PAGE), cursor: next }
      const answer = listOf(await this.#client.ask(`/conversations${queryOf(page)}`, '', { signal }))
      items.push(...answer.items)
      next = answer.cursor
    } while (next !== undefined && items.length < limit)
    return next === undefined ? { items } : { items, cursor: next }
  }

  async *versions(id: string, signal: AbortSignal): AsyncGenerator<VersionInfo> {
    const answer = await this.#client.ask(`${pathOf(id)}/versions?limit=${PAGE}`, id, { signal })
    yield* listOf(answer).items as unknown as VersionInfo[]
  }

  watch(id: string, listener: ConversationListener): () => void {
    const ended = new AbortController()
    void watchGateway(this.#client, id, listener, AbortSignal.any([ended.signal, this.#closing.signal]))
    return () => ended.abort()
  }

  getTransferStats(): TransferStats {
    return { ...this.#client.stats }
  }

  async close(): Promise<void> {
    this.#closing.abort()
  }

  /**
   * The gateway cannot know a change again, so what a second attempt has to say is said here: ids are fresh once, and
   * what takes away means the version that it met first.
   */
  async #decide(id: string, change: ConversationChange, signal: AbortSignal): Promise<ConversationChange> {
    const first = this.#firstAttempts.get(change)
    const takesAway = change.kind === 'overwrite' || change.kind === 'delete'
    if (takesAway && change.expectedVersion === undefined) {
      const expectedVersion = first ?? (await this.load(id, { limit: 1 }, signal))?.version ?? 0
      this.#firstAttempts.set(change, expectedVersion)
      return { ...change, expectedVersion }
    }
    this.#firstAttempts.set(change, 0)
    return first !== undefined && change.ids === 'fresh' ? { ...change, ids: 'given' } : change
  }
}

/** @throws StoreUnavailableError where the answer is not one for so many changes */
function outcomesOf(answer: unknown, id: string, count: number): CommitOutcome[] {
  const outcomes = isObject(answer) ? answer.outcomes : undefined
  if (!Array.isArray(outcomes) || outcomes.length !== count) {
    throw new StoreUnavailableError('the gateway gave no outcomes', { outcome: 'unknown' })
  }
  return outcomes.map((outcome: unknown) =>
    isObject(outcome) && isObject(outcome.receipt)
      ? (outcome as unknown as CommitOutcome)
      : { error: errorFromProblem(isObject(outcome) ? outcome.error : undefined, id) },
  )
}

/** @throws CorruptRecordError */
function listOf(answer: unknown): ConversationList {
  if (!isObject(answer) || !Array.isArray(answer.items)) {
    throw new CorruptRecordError('the gateway gave what is no list')
  }
  return answer as unknown as ConversationList
}

function queryOf(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
