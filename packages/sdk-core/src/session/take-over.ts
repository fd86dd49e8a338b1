import type { SessionCondition } from '../conversation/change'
import type { Message } from '../conversation/types'
import { SessionStateError, StaleSessionError } from '../errors/session-errors'
import type { Clock } from '../observe/clock'
import type { StorageResult } from '../storage/storage-result'
import { markInterrupted } from './answer'
import { OpenSession } from './open-session'
import type { Session } from './session'
import type { SessionStorage } from './session-storage'

/** A session that goes on, and the conversation as it found it. */
export interface ResumedSession extends Session {
  /** An answer that nobody goes on with any more has `metadata.status` `interrupted`. */
  messages: Message[]
}

/**
 * Makes `session` the one that may write: raises the conversation's session epoch to now, or to one more than
 * it is. `write` saves what the session is, on that condition.
 */
export async function takeOver(
  session: Session,
  clock: Clock,
  write: (session: Session, condition: SessionCondition) => Promise<StorageResult>,
): Promise<OpenSession> {
  for (let epoch = clock.now(); ; ) {
    const begun = { ...session, epoch }
    try {
      const { version } = await write(begun, { epoch, begins: true, since: 0 })
      return new OpenSession(begun, version)
    } catch (error) {
      if (!(error instanceof StaleSessionError)) throw error
      epoch = (error.currentEpoch ?? epoch) + 1
    }
  }
}

/**
 * The messages of the conversation. Answers that an earlier session was streaming are marked as interrupted:
 * since the take-over nobody can go on with them.
 */
export async function readMessages(storage: SessionStorage, session: OpenSession): Promise<Message[]> {
  const { id, conversationId } = session.data
  const conversation = await storage.loadConversation(conversationId)
  if (conversation === undefined) throw new SessionStateError(id, 'its conversation is gone')
  session.hasRead(conversation.version)
  const messages = conversation.messages.map(markInterrupted)
  const marked = messages.filter((message, i) => message !== conversation.messages[i])
  if (marked.length > 0) {
    await session.save([], (condition) =>
      storage.saveConversation({ id: conversationId, messages: marked }, { session: condition }),
    )
  }
  return messages
}
