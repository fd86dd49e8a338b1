import { VersionConflictError } from '../errors/conflict-errors'
import type { SDKError } from '../errors/sdk-error'
import { StaleSessionError } from '../errors/session-errors'
import type { SessionCondition } from './change'
import type { ConversationState } from './state'
import type { Conversation, Message } from './types'
import { allMessages, messagesSince, toConversation } from './view'

/** The state does not meet a condition of a change. What the caller needs to know is read only then. */
export abstract class UnmetCondition extends Error {
  /** The caller's error, with what is stored. Precondition: all segments of `current` were read. */
  abstract explain(current: ConversationState): SDKError
}

/** The state is not at the version that a change was decided on. */
export class VersionMismatch extends UnmetCondition {
  readonly #expectedVersion: number

  constructor(expectedVersion: number) {
    super('the conversation is at another version')
    this.#expectedVersion = expectedVersion
  }

  explain(current: ConversationState): SDKError {
    return new VersionConflictError<Conversation, Message>({
      expectedVersion: this.#expectedVersion,
      actualVersion: current.head.version,
      theirs: toConversation(current, allMessages(current)),
      missing: messagesSince(current, this.#expectedVersion),
    })
  }
}

/** A later session of the conversation has begun. */
export class LaterSession extends UnmetCondition {
  readonly #session: SessionCondition

  constructor(session: SessionCondition) {
    super('a later session of the conversation has begun')
    this.#session = session
  }

  explain(current: ConversationState): SDKError {
    return new StaleSessionError<Message>({
      localVersion: this.#session.since,
      remoteVersion: current.head.version,
      epoch: this.#session.epoch,
      currentEpoch: current.head.sessionEpoch,
      missing: messagesSince(current, this.#session.since),
    })
  }
}
