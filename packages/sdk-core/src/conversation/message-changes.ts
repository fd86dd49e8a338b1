import { IdempotencyKeyReusedError, InvalidInputError } from '../errors/input-errors'
import type { ContentEdit, ConversationChange, MessageIntent } from './change'
import { contentDigest } from './message-id'
import { messageBody, messageOf, type StoredRecord } from './record'
import { type CommitContext, type ConversationState, findRecord, knownRecords } from './state'
import type { Message } from './types'

/** The records that the messages of a change come to; `ignored` gets the ids of those that come to nothing. */
export function applyMessages(
  state: ConversationState,
  change: ConversationChange,
  ignored: string[],
  context: CommitContext,
): StoredRecord[] {
  const version = state.head.version + 1
  let order = state.head.lastOrder
  return change.messages.flatMap(({ message, intent }) => {
    const stored = findRecord(state, message.id)
    if (stored === undefined) {
      order = Math.max(message.createdAt, order + 1)
      return [toRecord(message, { order, stamp: message.editedAt ?? message.createdAt, version }, context)]
    }
    const editedAt = resolveEdit(stored, message, change.kind === 'overwrite' ? 'edit' : intent, context.now)
    if (editedAt === 'ignored') ignored.push(message.id)
    if (typeof editedAt !== 'number') return []
    const edited = { ...message, createdAt: createdAtOf(stored), editedAt }
    return [toRecord(edited, { order: stored.order, stamp: editedAt, version }, context)]
  })
}

/** When the message counts as edited; `undefined` where it is no change. */
function resolveEdit(
  stored: StoredRecord,
  message: Message,
  intent: MessageIntent,
  now: number,
): number | 'ignored' | undefined {
  const known = messageOf(stored)
  if (known === undefined) return 'ignored'
  if (contentDigest(message) === contentDigest(known)) return undefined
  if (intent === 'append') {
    // A replay finds its message edited since; an id that was never edited and says something else is reused.
    if (known.editedAt === undefined) throw new IdempotencyKeyReusedError(`message id ${message.id}`)
    return undefined
  }
  if (message.editedAt !== undefined && message.editedAt > stored.stamp) return message.editedAt
  if (intent === 'edit') return Math.max(now, stored.stamp + 1)
  return intent === 'unknown' ? 'ignored' : undefined
}

export function applyEdits(
  state: ConversationState,
  edits: readonly ContentEdit[],
  context: CommitContext,
): StoredRecord[] {
  return edits.flatMap(({ id, content }) => {
    const stored = findRecord(state, id)
    const message = stored && messageOf(stored)
    if (stored === undefined || message === undefined)
      throw new InvalidInputError('messageId', 'is not in the conversation')
    if (contentDigest({ ...message, content }) === contentDigest(message)) return []
    const editedAt = Math.max(context.now, stored.stamp + 1)
    const place = { order: stored.order, stamp: editedAt, version: state.head.version + 1 }
    return [toRecord({ ...message, content, editedAt }, place, context)]
  })
}

export function applyDeletions(
  state: ConversationState,
  ids: readonly string[],
  context: CommitContext,
): StoredRecord[] {
  return ids.flatMap((id) => {
    const stored = findRecord(state, id)
    if (stored === undefined) throw new InvalidInputError('messageId', 'is not in the conversation')
    if (stored.deleted === true) return []
    const { order } = stored
    const stamp = Math.max(context.now, stored.stamp + 1)
    return [
      { id, order, stamp, device: context.device, version: state.head.version + 1, deleted: true as const },
    ]
  })
}

/** The ids that a change takes away. */
export function deletionsOf(state: ConversationState, change: ConversationChange): readonly string[] {
  if (change.kind !== 'overwrite') return change.deletions ?? []
  const named = new Set(change.messages.map(({ message }) => message.id))
  return [...knownRecords(state).values()]
    .filter((record) => record.deleted !== true && !named.has(record.id))
    .map((record) => record.id)
}

function toRecord(
  message: Message,
  place: Pick<StoredRecord, 'order' | 'stamp' | 'version'>,
  context: CommitContext,
): StoredRecord {
  return { id: message.id, ...place, device: context.device, body: messageBody(message) }
}

function createdAtOf(stored: StoredRecord): number {
  return (stored.body as { createdAt: number }).createdAt
}
