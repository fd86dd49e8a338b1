import { parseId } from '../conversation/message'
import type { MessageInput } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { SessionStateError } from '../errors/session-errors'
import { type Clock, systemClock } from '../observe/clock'
import type { Generate } from '../session/generation'
import type { OpenSession } from '../session/open-session'
import { OpenSessions } from '../session/open-sessions'
import { type Session, type SessionStart, toMessage } from '../session/session'
import { type ListSessionsOptions, SessionIndex, type SessionPage } from '../session/session-index'
import type { SessionStorage } from '../session/session-storage'
import {
  parseStreamOptions,
  type SavePrompt,
  type StreamedAnswer,
  type StreamOptions,
  type StreamParts,
  streamAnswer,
} from '../session/stream'
import type { ResumedSession } from '../session/take-over'
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
  readonly #parts: StreamParts
  readonly #index: SessionIndex
  readonly #sessions: OpenSessions
  #isClosed = false

  constructor({ storage, savePrompt, clock = systemClock }: SessionManagerOptions) {
    const appendPrompt: SavePrompt = (id, prompt, options) => storage.appendMessage(id, prompt, options)
    this.#parts = { storage, savePrompt: savePrompt ?? appendPrompt, clock }
    this.#index = new SessionIndex(storage)
    this.#sessions = new OpenSessions({ storage, index: this.#index, clock })
  }

  /** Begins a session; resolves when it is listed. What the conversation holds already stays as it is. */
  async startSession(start: SessionStart): Promise<Session> {
    this.#refuseWhenClosed()
    return this.#sessions.start(start)
  }

  /** Appends a message; a text is one of the user. @throws StaleSessionError */
  async sendMessage(
    sessionId: string,
    message: string | MessageInput,
    options: AppendOptions = {},
  ): Promise<StorageResult> {
    const open = this.#find(sessionId) ?? (await this.#sessions.refuse(sessionId))
    open.refuseWhenLeaving()
    const said = toMessage(message)
    return open.save([said], (condition) =>
      this.#parts.storage.appendMessage(open.data.conversationId, said, { ...options, session: condition }),
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
    const open = this.#find(sessionId) ?? (await this.#sessions.refuse(sessionId))
    return streamAnswer(open, toMessage(prompt), generate, parseStreamOptions(options), this.#parts)
  }

  /** Finishes a session for good, when all it is saving is saved and a stream has come to its end. */
  async completeSession(sessionId: string): Promise<Session> {
    const open = this.#find(sessionId) ?? (await this.#sessions.refuse(sessionId))
    return this.#sessions.leave(open, 'completed')
  }

  /** Leaves a session, when all it is saving is saved; a stream is aborted. It may be resumed. */
  async endSession(sessionId: string): Promise<Session> {
    const open = this.#find(sessionId) ?? (await this.#sessions.refuse(sessionId))
    return this.#sessions.leave(open, 'ended', new SessionStateError(sessionId, 'was ended'))
  }

  /** `undefined` where there is no such session. */
  async getSession(sessionId: string): Promise<Session | undefined> {
    const open = this.#find(parseId(sessionId, 'sessionId'))
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
    return this.#sessions.resume(sessionId)
  }

  /** Aborts all streams, waits for what is being saved, then refuses all further calls. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#sessions.close()
  }

  /** Found at once: calls of one session keep their order. @throws ClosedError */
  #find(sessionId: string): OpenSession | undefined {
    this.#refuseWhenClosed()
    return this.#sessions.get(sessionId)
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ClosedError()
  }
}
