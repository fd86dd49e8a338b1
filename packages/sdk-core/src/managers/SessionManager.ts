import { parseId } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import type { MessageInput } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { SessionStateError, StaleSessionError } from '../errors/session-errors'
import { type Clock, systemClock } from '../session/clock'
import type { Generate } from '../session/generation'
import type { OpenSession } from '../session/open-session'
import {
  parseStart,
  type Session,
  type SessionStart,
  type SessionStatus,
  sessionField,
  toMessage,
} from '../session/session'
import { type ListSessionsOptions, SessionIndex, type SessionPage } from '../session/session-index'
import type { SessionStorage } from '../session/session-storage'
import {
  parseStreamOptions,
  type SavePrompt,
  type StreamedAnswer,
  type StreamOptions,
  streamAnswer,
} from '../session/stream'
import { type ResumedSession, readMessages, takeOver } from '../session/take-over'
import type { AppendOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'

export interface SessionManagerOptions {
  storage: SessionStorage
  /** @default saves it to `storage` */
  savePrompt?: SavePrompt
  /** @default the system's */
  clock?: Clock
}

/**
 * Sessions of conversations: prompts that are durable before they are answered, answers that are saved as they
 * grow. Of one conversation the session that began last writes; earlier ones are refused with
 * `StaleSessionError`. Methods reject as saves do, and with `SessionStateError` where the session is not open
 * here or is doing something else.
 */
export class SessionManager {
  readonly #storage: SessionStorage
  readonly #savePrompt: SavePrompt
  readonly #clock: Clock
  readonly #index: SessionIndex
  readonly #open = new Map<string, OpenSession>()
  #isClosed = false

  constructor({ storage, savePrompt, clock = systemClock }: SessionManagerOptions) {
    this.#storage = storage
    this.#savePrompt = savePrompt ?? ((id, prompt, options) => storage.appendMessage(id, prompt, options))
    this.#clock = clock
    this.#index = new SessionIndex(storage)
  }

  /** Begins a session; resolves when it is listed. What the conversation holds already stays as it is. */
  async startSession(start: SessionStart): Promise<Session> {
    this.#refuseWhenClosed()
    const { conversationId = createMessageId(), ...facts } = parseStart(start)
    const startedAt = this.#clock.now()
    const session = { ...facts, id: createMessageId(), conversationId, status: 'active', startedAt } as const
    const open = await takeOver({ ...session, epoch: 0 }, this.#clock, (begun, condition) =>
      this.#storage.saveConversation(
        { id: conversationId, messages: [], metadata: sessionField(begun) },
        { session: condition },
      ),
    )
    if (start.conversationId !== undefined) await readMessages(this.#storage, open)
    return this.#enter(open)
  }

  /** Appends a message; a text is one of the user. @throws StaleSessionError */
  async sendMessage(
    sessionId: string,
    message: string | MessageInput,
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    const open = this.#open.get(sessionId) ?? (await this.#refuseUnopened(sessionId))
    open.refuseWhenLeaving()
    const said = toMessage(message)
    return open.save([said], (condition) =>
      this.#storage.appendMessage(open.data.conversationId, said, { ...options, session: condition }),
    )
  }

  /**
   * Saves `prompt`, then answers it with what `generate` gives. The text goes to `onText` without waiting for any
   * save, and is saved as it grows, as one message whose `metadata.status` is `streaming`, then `complete`,
   * `failed` or `aborted`. Resolves when all of it is acknowledged. One at a time in a session.
   * @throws GenerationFailedError, StaleSessionError, or the reason of `options.signal`
   */
  async streamMessage(
    sessionId: string,
    prompt: string | MessageInput,
    generate: Generate,
    options: StreamOptions = {},
  ): Promise<StreamedAnswer> {
    const open = this.#open.get(sessionId) ?? (await this.#refuseUnopened(sessionId))
    const parts = { storage: this.#storage, savePrompt: this.#savePrompt, clock: this.#clock }
    return streamAnswer(open, toMessage(prompt), generate, parseStreamOptions(options), parts)
  }

  /** Finishes a session for good, when all it is saving is saved and a stream has come to its end. */
  completeSession(sessionId: string): Promise<Session> {
    return this.#leave(sessionId, 'completed')
  }

  /** Leaves a session, when all it is saving is saved; a stream is aborted. It may be resumed. */
  endSession(sessionId: string): Promise<Session> {
    return this.#leave(sessionId, 'ended', new SessionStateError(sessionId, 'was ended'))
  }

  /** `undefined` where there is no such session. */
  async getSession(sessionId: string): Promise<Session | undefined> {
    this.#refuseWhenClosed()
    const open = this.#open.get(parseId(sessionId, 'sessionId'))
    return open === undefined ? this.#index.find(sessionId) : { ...open.data }
  }

  /** All sessions of the owner, the latest first, in pages. */
  async listSessions(options: ListSessionsOptions = {}): Promise<SessionPage> {
    this.#refuseWhenClosed()
    return this.#index.page(options)
  }

  /**
   * Goes on with a session that was ended, aborted, made stale by another, or left by a crash, here or elsewhere.
   * It is then the one that writes, and an answer that was still streaming is marked `interrupted`.
   * @throws SessionStateError where the session is completed or unknown
   */
  async resumeSession(sessionId: string): Promise<ResumedSession> {
    this.#refuseWhenClosed()
    const id = parseId(sessionId, 'sessionId')
    const open = this.#open.get(id)
    return open === undefined ? this.#resume(id) : open.leave(() => this.#resume(id))
  }

  /** Aborts all streams, waits for what is being saved, then refuses all further calls. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const open of this.#open.values()) open.stopStream(new ClosedError())
    await Promise.all([...this.#open.values()].map((open) => open.settled()))
    this.#open.clear()
  }

  async #resume(id: string): Promise<ResumedSession> {
    const session = await this.#index.find(id)
    if (session === undefined) throw new SessionStateError(id, 'there is no such session')
    if (session.status === 'completed') throw new SessionStateError(id, 'is completed: start another one')
    const { endedAt: _, ...rest } = session
    const open = await takeOver({ ...rest, status: 'active' }, this.#clock, (begun, condition) =>
      this.#storage.updateConversation(
        begun.conversationId,
        { metadata: sessionField(begun) },
        { session: condition },
      ),
    )
    const messages = await readMessages(this.#storage, open)
    return { ...(await this.#enter(open)), messages }
  }

  async #enter(open: OpenSession): Promise<Session> {
    const { data } = open
    await this.#index.put(data)
    const other = this.#open.get(data.id)
    if (other === undefined || other.data.epoch < data.epoch) this.#open.set(data.id, open)
    return { ...data }
  }

  async #leave(sessionId: string, status: SessionStatus, stop?: Error): Promise<Session> {
    const open = this.#open.get(sessionId) ?? (await this.#refuseUnopened(sessionId))
    try {
      return await open.leave(() => this.#writeEnd(open, status), stop)
    } catch (error) {
      if (error instanceof StaleSessionError) this.#open.delete(sessionId)
      throw error
    }
  }

  async #writeEnd(open: OpenSession, status: SessionStatus): Promise<Session> {
    const session = { ...open.data, status, endedAt: this.#clock.now() }
    const metadata = sessionField(session)
    await open.save([], (condition) =>
      this.#storage.updateConversation(session.conversationId, { metadata }, { session: condition }),
    )
    await this.#index.put(session)
    this.#open.delete(session.id)
    return session
  }

  /** Says why a session cannot be used here. */
  async #refuseUnopened(sessionId: string): Promise<never> {
    this.#refuseWhenClosed()
    const session = await this.#index.find(parseId(sessionId, 'sessionId'))
    if (session === undefined) throw new SessionStateError(sessionId, 'there is no such session')
    const advice = session.status === 'completed' ? 'start another one' : 'resume it first'
    throw new SessionStateError(sessionId, `is ${session.status} and not open here: ${advice}`)
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ClosedError()
  }
}
