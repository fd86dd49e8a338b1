import {
  type Conversation,
  ConversationDeletedError,
  CorruptRecordError,
  DecryptionFailedError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  type Message,
  NotAuthenticatedError,
  RollbackDetectedError,
  StaleSessionError,
  StoreUnavailableError,
  UnsupportedError,
  UnsupportedFormatError,
  VersionConflictError,
} from '@s5-conversations/sdk-core'
import { isObject, messageFromWire } from '../wire/messages'

type Problem = Record<string, unknown>

/** The SDK's error that a problem of the gateway was made of; what is not known may have landed, and is retryable. */
export function errorFromProblem(problem: unknown, conversationId: string): Error {
  if (!isObject(problem)) return unavailable('no answer of a gateway')
  const make = MAKERS[String(problem.code)]
  if (make !== undefined) return make(problem, conversationId)
  if (problem.status === 413) return new InvalidInputError('changes', 'are larger than the gateway takes')
  if (problem.status === 403) return new NotAuthenticatedError(String(problem.detail))
  return unavailable(`the gateway answered ${String(problem.status)}: ${String(problem.detail)}`)
}

const MAKERS: Readonly<Record<string, (problem: Problem, conversationId: string) => Error>> = {
  INVALID_INPUT: ({ path, detail }) => invalidInput(String(path), String(detail)),
  PERSISTENCE_CONFLICT: (problem) =>
    new VersionConflictError<Conversation, Message>({
      expectedVersion: Number(problem.local_version),
      actualVersion: Number(problem.remote_version),
      theirs: conversationFromWire(problem.theirs),
      missing: messagesFromWire(problem.missing),
    }),
  STALE_SESSION: (problem) =>
    new StaleSessionError<Message>({
      localVersion: Number(problem.local_version),
      remoteVersion: Number(problem.remote_version),
      epoch: Number(problem.epoch),
      currentEpoch: Number(problem.current_epoch),
      missing: messagesFromWire(problem.missing),
    }),
  IDEMPOTENCY_KEY_REUSED: ({ detail }) =>
    new IdempotencyKeyReusedError(String(detail).replace(' was used already with other input', '')),
  CONVERSATION_DELETED: (_, conversationId) => new ConversationDeletedError(conversationId),
  NOT_AUTHENTICATED: ({ detail, status }) =>
    status === 401 ? new NotAuthenticatedError(String(detail)) : unavailable(String(detail)),
  UNSUPPORTED: ({ detail }) => new UnsupportedError(String(detail)),
  CORRUPT_RECORD: ({ detail }) => new CorruptRecordError(String(detail)),
  DECRYPTION_FAILED: ({ detail }) => new DecryptionFailedError(String(detail)),
  UNSUPPORTED_FORMAT: () => new UnsupportedFormatError('of the gateway'),
  ROLLBACK_DETECTED: ({ known_version: known }) => new RollbackDetectedError(Number(known)),
}

/** @throws CorruptRecordError where it is no conversation */
export function conversationFromWire(value: unknown): Conversation {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.version !== 'number') {
    throw new CorruptRecordError('the gateway gave what is no conversation')
  }
  return { ...value, messages: messagesFromWire(value.messages) } as unknown as Conversation
}

/** @throws CorruptRecordError */
function messagesFromWire(value: unknown): Message[] {
  if (!Array.isArray(value) || !value.every((each) => isObject(each) && typeof each.id === 'string')) {
    throw new CorruptRecordError('the gateway gave what are no messages')
  }
  return value.map((message) => messageFromWire(message) as Message)
}

function invalidInput(path: string, detail: string): InvalidInputError {
  return new InvalidInputError(path, detail.startsWith(`${path}: `) ? detail.slice(path.length + 2) : detail)
}

function unavailable(message: string): StoreUnavailableError {
  return new StoreUnavailableError(message, { outcome: 'unknown' })
}
