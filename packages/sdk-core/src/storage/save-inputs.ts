import type { IdOrigin } from '../conversation/change'
import type { DagValue } from '../conversation/codec'
import { completeMessages, parseConversation, parseTitle } from '../conversation/conversation-input'
import { isPlainObject, parseJsonObject } from '../conversation/json-value'
import {
  type MessageDraft,
  optional,
  parseId,
  parseMessage,
  refuseUnknownFields,
} from '../conversation/message'
import { createMessageId, deriveKeyedMessageId } from '../conversation/message-id'
import { InvalidInputError } from '../errors/input-errors'
import { digestInput, type SaveDraft } from './save-draft'

/** A whole conversation to be saved. @throws InvalidInputError */
export function draftSave(conversation: unknown, now: number): SaveDraft {
  const { given, ...draft } = parseConversation(conversation, now)
  const { title, metadata } = draft
  const inputDigest = () => digestInput('save', given, { title, metadata: metadata as DagValue })
  return { ...draft, kind: 'save', ids: 'given', inputDigest }
}

/**
 * Messages to be added. Those without an id get a fresh one, or one made from the idempotency key, so that
 * the same call has the same ids wherever it is repeated. @throws InvalidInputError
 */
export function draftAppend(
  conversationId: unknown,
  messages: unknown,
  idempotencyKey: string | undefined,
  now: number,
): SaveDraft {
  const id = parseId(conversationId, 'conversationId')
  if (!Array.isArray(messages)) throw new InvalidInputError('messages', 'must be an array')
  if (messages.length === 0) throw new InvalidInputError('messages', 'must hold at least one message')
  const given = messages.map((message, i) => parseMessage(message, `messages[${i}]`))
  const createId = (_: unknown, position: number) =>
    idempotencyKey === undefined ? createMessageId() : deriveKeyedMessageId(id, idempotencyKey, position)
  return {
    id,
    kind: 'append',
    messages: completeMessages(given, now, createId),
    metadata: {},
    ids: originOf(given, idempotencyKey),
    inputDigest: () => digestInput('append', given),
  }
}

/** New content for a stored message. @throws InvalidInputError */
export function draftEdit(conversationId: unknown, messageId: unknown, content: unknown): SaveDraft {
  const id = parseId(messageId, 'messageId')
  const { content: checked } = parseMessage({ role: 'user', content }, 'message')
  const inputDigest = () => digestInput('alter', [], { edit: id, content: checked as DagValue })
  return { ...alter(conversationId, inputDigest), edits: [{ id, content: checked }] }
}

/** A stored message to be taken away. @throws InvalidInputError */
export function draftDeletion(conversationId: unknown, messageId: unknown): SaveDraft {
  const id = parseId(messageId, 'messageId')
  return { ...alter(conversationId, () => digestInput('alter', [], { deletion: id })), deletions: [id] }
}

/** A stored conversation to be taken away. @throws InvalidInputError */
export function draftConversationDeletion(conversationId: unknown): SaveDraft {
  return { ...alter(conversationId, () => digestInput('delete', [])), kind: 'delete' }
}

/** New values of title and metadata fields. @throws InvalidInputError */
export function draftUpdate(conversationId: unknown, fields: unknown): SaveDraft {
  if (!isPlainObject(fields)) throw new InvalidInputError('fields', 'must be a plain object')
  refuseUnknownFields(fields, ['title', 'metadata'], 'fields')
  const metadata = fields.metadata === undefined ? {} : parseJsonObject(fields.metadata, 'fields.metadata')
  const title = optional('title', fields.title, parseTitle)
  const inputDigest = () => digestInput('alter', [], { ...title, metadata: metadata as DagValue })
  return { ...alter(conversationId, inputDigest), ...title, metadata }
}

function originOf(given: readonly MessageDraft[], idempotencyKey: string | undefined): IdOrigin {
  if (given.some((message) => message.id !== undefined)) return 'given'
  return idempotencyKey === undefined ? 'fresh' : 'keyed'
}

function alter(conversationId: unknown, inputDigest: () => string): SaveDraft {
  const id = parseId(conversationId, 'conversationId')
  return { id, kind: 'alter', messages: [], metadata: {}, ids: 'fresh', inputDigest }
}
