import { parseId } from '../conversation/message'
import type { Conversation, MessageInput } from '../conversation/types'
import { IdempotencyKeyReusedError } from '../errors/input-errors'
import { type Logger, silentLogger } from '../observe/log'
import { eitherSignal } from '../storage/either-signal'
import type { LoadOptions } from '../storage/load-options'
import type { AppendOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'
import { answer, runCalls } from './answering'
import { isYes, pendingCalls } from './pending-calls'
import {
  type ConversationTurn,
  findTurn,
  lockKeyOf,
  markTurn,
  openTurn,
  type TurnResult,
  toTurnResult,
} from './turn'
import { TurnQueue } from './turn-queue'

/** What the engine needs of a `StorageManager`. */
export interface EngineStorage {
  appendMessages(
    conversationId: string,
    messages: readonly MessageInput[],
    options?: AppendOptions,
  ): Promise<StorageResult>
  loadConversation(conversationId: string, options?: LoadOptions): Promise<Conversation | undefined>
}

/** What an engine works with. Times are ms. */
export interface ConversationEngineOptions {
  storage: EngineStorage
  logger?: Logger
  /** How many of the last messages `generate` gets. @default 200 */
  historyMessages?: number
  /** Turns of one user or group that may wait or run; more are refused. @default 32 */
  maxQueuedTurns?: number
  /** How long one turn may take, tools and saving included, in ms. @default 120 000 */
  turnDeadlineMs?: number
}

/**
 * Answers messages, one turn after another for each user and each group, different ones in parallel. A turn is
 * saved whole, in one commit, after everything in it has succeeded; a turn that fails leaves nothing behind.
 * Turns of one user in several processes are all saved, but may not have seen each other.
 * @example
 * const engine = new ConversationEngine({ storage: sdk.storage })
 * const { text } = await engine.processConversation({ userId, text: 'Hello', generate })
 */
export class ConversationEngine {
  readonly #storage: EngineStorage
  readonly #historyMessages: number
  readonly #queue: TurnQueue

  constructor(options: ConversationEngineOptions) {
    this.#storage = options.storage
    this.#historyMessages = options.historyMessages ?? 200
    this.#queue = new TurnQueue({
      log: options.logger ?? silentLogger,
      maxQueued: options.maxQueuedTurns ?? 32,
      deadlineMs: options.turnDeadlineMs ?? 120_000,
    })
  }

  /**
   * Resolves when the whole turn is acknowledged. The history that `generate` gets holds all turns before it.
   *
   * Where the last answer asked for a yes, a yes of the same user runs the calls that wait for it, and anything
   * else drops them.
   * @throws GenerationFailedError where `generate` or a tool fails: nothing was written
   * @throws QueueFullError, InvalidInputError, IdempotencyKeyReusedError, the reason of `signal`: nothing was written
   * @throws LockTimeoutError, and what saves throw: delivering again with the same `messageId` is safe
   */
  async processConversation(turn: ConversationTurn): Promise<TurnResult> {
    const lockKey = lockKeyOf(turn)
    const id = parseId(turn.conversationId ?? lockKey, 'turn.conversationId')
    const opening = openTurn(turn)
    return this.#queue.run(lockKey, (held) => this.#take(id, turn, opening, held), turn.signal)
  }

  /** Precondition: the lock of the turn's key is held. */
  async #take(
    id: string,
    turn: ConversationTurn,
    opening: MessageInput,
    held: AbortSignal,
  ): Promise<TurnResult> {
    const signal = eitherSignal(held, turn.signal)
    const options = { limit: this.#historyMessages, readOnly: true, signal }
    const conversation = await this.#storage.loadConversation(id, options)
    const history = conversation?.messages ?? []
    const stored = findTurn(history, turn)
    if (stored !== undefined) return toTurnResult(id, stored, true)
    const { userId, generate, tools = {}, onText = () => {} } = turn
    const confirmed = isYes(turn.text) ? pendingCalls(history, userId) : []
    const said = [opening]
    if (confirmed.length > 0)
      said.push(...(await runCalls({ text: '', calls: confirmed }, { tools, userId, signal })))
    const messages = await answer(said, { history, userId, generate, tools, signal, onText })
    signal.throwIfAborted()
    return this.#commit(id, turn, markTurn(messages), held)
  }

  /** The caller can no longer abort: what it would be told could not be true. */
  async #commit(
    id: string,
    turn: ConversationTurn,
    messages: readonly MessageInput[],
    signal: AbortSignal,
  ): Promise<TurnResult> {
    try {
      const { messageIds } = await this.#storage.appendMessages(id, messages, { signal })
      const named = messages.map((message, i) => ({ ...message, id: messageIds[i] ?? '' }))
      return toTurnResult(id, named, false)
    } catch (error) {
      if (turn.messageId === undefined || !(error instanceof IdempotencyKeyReusedError)) throw error
      return this.#replay(id, turn, error, signal)
    }
  }

  /** The delivery was answered before: too long ago to be in the history, or by another process just now. */
  async #replay(
    id: string,
    turn: ConversationTurn,
    error: IdempotencyKeyReusedError,
    signal: AbortSignal,
  ): Promise<TurnResult> {
    const conversation = await this.#storage.loadConversation(id, { readOnly: true, signal })
    const stored = findTurn(conversation?.messages ?? [], turn)
    if (stored === undefined) throw error
    return toTurnResult(id, stored, true)
  }
}
