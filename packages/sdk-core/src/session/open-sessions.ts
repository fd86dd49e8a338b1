import { parseId } from '../conversation/message'
import { createMessageId } from '../conversation/message-id'
import { ClosedError } from '../errors/identity-errors'
import { SessionStateError, StaleSessionError } from '../errors/session-errors'
import type { Clock } from '../observe/clock'
import type { OpenSession } from './open-session'
import { parseStart, type Session, type SessionStart, type SessionStatus, sessionField } from './session'
import type { SessionIndex } from './session-index'
import type { SessionStorage } from './session-storage'
import { type ResumedSession, readMessages, takeOver } from './take-over'

export interface OpenSessionsOptions {
  storage: SessionStorage
  index: SessionIndex
  clock: Clock
}

/** The sessions that this process writes in: how they are entered and left. */
export class OpenSessions {
  readonly #storage: SessionStorage
  readonly #index: SessionIndex
  readonly #clock: Clock
  readonly #byId = new Map<string, OpenSession>()

  constructor({ storage, index, clock }: OpenSessionsOptions) {
    this.#storage = storage
    this.#index = index
    this.#clock = clock
  }

  get(id: string): OpenSession | undefined {
    return this.#byId.get(id)
  }

  /** Says why a session is not open here. */
  async refuse(id: string): Promise<never> {
    const session = await this.#index.find(parseId(id, 'sessionId'))
    if (session === undefined) throw new SessionStateError(id, 'there is no such session')
    const advice = session.status === 'completed' ? 'start another one' : 'resume it first'
    throw new SessionStateError(id, `is ${session.status} and not open here: ${advice}`)
  }

  async start(start: SessionStart): Promise<Session> {
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

  async resume(id: string): Promise<ResumedSession> {
    const open = this.#byId.get(parseId(id, 'sessionId'))
    return open === undefined ? this.#resume(id) : open.leave(() => this.#resume(id))
  }

  /** Waits for what is under way; a stream is aborted if there is a reason to `stop` it. */
  async leave(open: OpenSession, status: SessionStatus, stop?: Error): Promise<Session> {
    try {
      return await open.leave(() => this.#writeEnd(open, status), stop)
    } catch (error) {
      if (error instanceof StaleSessionError) this.#byId.delete(open.data.id)
      throw error
    }
  }

  /** Aborts all streams and waits for what is under way. The sessions stay as they are. */
  async close(): Promise<void> {
    const all = [...this.#byId.values()]
    for (const open of all) open.stopStream(new ClosedError())
    await Promise.all(all.map((open) => open.settled()))
    this.#byId.clear()
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
    const other = this.#byId.get(data.id)
    if (other === undefined || other.data.epoch < data.epoch) this.#byId.set(data.id, open)
    return { ...data }
  }

  async #writeEnd(open: OpenSession, status: SessionStatus): Promise<Session> {
    const session = { ...open.data, status, endedAt: this.#clock.now() }
    const metadata = sessionField(session)
    await open.save([], (condition) =>
      this.#storage.updateConversation(session.conversationId, { metadata }, { session: condition }),
    )
    await this.#index.put(session)
    this.#byId.delete(session.id)
    return session
  }
}
