import * as z from 'zod/mini'
import { isPlainObject } from '../conversation/json-value'
import { optional, parseId, refuseUnknownFields } from '../conversation/message'
import type { JsonValue, MessageInput } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import { CorruptRecordError } from '../errors/storage-errors'

/** An `ended` session may be resumed, a `completed` one not. */
export type SessionStatus = 'active' | 'completed' | 'ended'

/** One stretch of work on a conversation. Times are ms since 1970. */
export interface Session {
  id: string
  conversationId: string
  model: string
  provider: string
  status: SessionStatus
  /** The session of a conversation with the greatest epoch is the one that may write. */
  epoch: number
  startedAt: number
  endedAt?: number
}

/** What a session is of. */
export interface SessionStart {
  model: string
  provider: string
  /** Left out: a new conversation. One that exists goes on; nothing of it is overwritten. */
  conversationId?: string
}

const FIELD_PREFIX = 'session/'

const facts = {
  model: z.string(),
  provider: z.string(),
  status: z.enum(['active', 'completed', 'ended']),
  epoch: z.number(),
  startedAt: z.number(),
  endedAt: z.exactOptional(z.number()),
}
const listing = z.strictObject({ ...facts, conversationId: z.string() })

/** @throws InvalidInputError */
export function parseStart(input: unknown): SessionStart {
  if (!isPlainObject(input)) throw new InvalidInputError('session', 'must be a plain object')
  refuseUnknownFields(input, ['model', 'provider', 'conversationId'], 'session')
  return {
    model: parseId(input.model, 'session.model'),
    provider: parseId(input.provider, 'session.provider'),
    ...optional('conversationId', input.conversationId, (id) => parseId(id, 'session.conversationId')),
  }
}

/** A text is a message of the user. What else is wrong with a message is found where it is saved. */
export function toMessage(input: string | MessageInput): MessageInput {
  return typeof input === 'string' ? { role: 'user', content: input } : input
}

/** The metadata field of a conversation that says what a session of it is. */
export function sessionField({ id, conversationId: _, ...facts }: Session): Record<string, JsonValue> {
  return { [`${FIELD_PREFIX}${id}`]: facts }
}

/** What the index says of a session. */
export function toListing({ id: _, ...rest }: Session): Record<string, JsonValue> {
  return rest
}

/** @throws CorruptRecordError */
export function fromListing(id: string, metadata: unknown): Session {
  const result = listing.safeParse(metadata)
  if (!result.success) throw new CorruptRecordError('the index of sessions holds what is no session')
  return { id, ...result.data }
}

/** The epoch of the session that may write, by the metadata of a conversation; 0 where there never was one. */
export function latestEpochOf(metadata: Readonly<Record<string, JsonValue>>): number {
  const epochs = Object.entries(metadata).map(([name, value]) =>
    name.startsWith(FIELD_PREFIX) && isPlainObject(value) && typeof value.epoch === 'number'
      ? value.epoch
      : 0,
  )
  return Math.max(0, ...epochs)
}
