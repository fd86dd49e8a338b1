import type { Conversation } from '../conversation/types'
import { latestEpochOf, type Session } from '../session/session'
import type { ObservedSessions } from './observed-parts'

/** What is noted of a session beside its times. */
export interface SessionFacts {
  /** @default 'unknown' */
  model?: string
  /** @default 'unknown' */
  provider?: string
}

/** The session in which a chat writes: begun when there is first something to write. */
export class ChatSession {
  readonly #sessions: Pick<ObservedSessions, 'startSession' | 'resumeSession' | 'endSession'>
  readonly #conversationId: string
  #opening: Promise<Session> | undefined
  #open: Session | undefined

  constructor(sessions: ObservedSessions, conversationId: string) {
    this.#sessions = sessions
    this.#conversationId = conversationId
  }

  /** Rejects as `startSession`; another call tries again. */
  open({ model = 'unknown', provider = 'unknown' }: SessionFacts): Promise<Session> {
    const conversationId = this.#conversationId
    this.#opening ??= this.#enter(this.#sessions.startSession({ conversationId, model, provider }))
    return this.#opening
  }

  /** Takes the conversation back, where a later session has it. */
  async resume(): Promise<void> {
    const session = this.#open
    if (session === undefined) return
    await this.#enter(this.#sessions.resumeSession(session.id))
  }

  /** Whether a later session has begun, as far as `conversation` tells. */
  isOvertaken({ metadata }: Conversation): boolean {
    return this.#open !== undefined && latestEpochOf(metadata) > this.#open.epoch
  }

  async end(): Promise<void> {
    if (this.#open !== undefined) await this.#sessions.endSession(this.#open.id)
  }

  async #enter(entering: Promise<Session>): Promise<Session> {
    try {
      this.#open = await entering
      return this.#open
    } catch (error) {
      if (this.#open === undefined) this.#opening = undefined
      throw error
    }
  }
}
