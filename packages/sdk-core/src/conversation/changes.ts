import { IdempotencyKeyReusedError } from '../errors/input-errors'
import { ConversationDeletedError } from '../errors/storage-errors'
import { type DagValue, digestOf } from './codec'
import type { Register } from './head'
import { contentDigest } from './message-id'
import { messageBody, type StoredRecord } from './record'
import type { CommitContext, ConversationState, StateDelta } from './state'
import type { JsonValue, Message, Scheme } from './types'

/**
 * What the caller wants of a message whose id may be stored already:
 * `append` a new one, replace it by an `edit`, nothing because it came back `unchanged`,
 * or `unknown` where this client cannot tell an edit from an old copy.
 */
export type MessageIntent = 'append' | 'edit' | 'unchanged' | 'unknown'

export interface MessageChange {
  message: Message
  intent: MessageIntent
}

/** A new value of the title or of a metadata field; a `blind` one only fills a place that is empty. */
export interface FieldChange {
  value: JsonValue
  blind: boolean
}

/** What a caller asks for: complete before its first attempt, so that a retry asks for exactly the same. */
export interface ConversationChange {
  messages: readonly MessageChange[]
  title?: FieldChange
  fields: { readonly [name: string]: FieldChange }
  createdAt?: number
  /** Adds messages and nothing else; if all of them are there already, nothing is written. */
  isAppend: boolean
  /** Left out: as stored, or sealed for a new conversation. */
  scheme?: Scheme
}

/** What a change comes to on top of one state. */
export interface AppliedChange {
  delta: StateDelta
  /** Ids of the change's messages, in the caller's order. */
  messageIds: string[]
  /** Ids and field names that were not taken over because what is stored is newer or deleted. */
  ignored: string[]
}

/**
 * Applies a change to a state. Pure: the same input gives the same delta, on any base it is rebased on.
 * @throws ConversationDeletedError, IdempotencyKeyReusedError
 */
export function applyChange(
  state: ConversationState,
  change: ConversationChange,
  context: CommitContext,
): AppliedChange {
  if (state.head.deleted === true) throw new ConversationDeletedError(state.head.id)
  const version = state.head.version + 1
  const ignored: string[] = []
  const records: StoredRecord[] = []
  let order = state.head.lastOrder
  for (const { message, intent } of change.messages) {
    const stored = state.records.get(message.id)
    if (stored === undefined) {
      order = Math.max(message.createdAt, order + 1)
      records.push(toRecord(message, { order, stamp: stampOf(message), version }, context))
      continue
    }
    const editedAt = resolveEdit(stored, message, intent, context.now)
    if (editedAt === 'ignored') ignored.push(message.id)
    else if (editedAt !== undefined) {
      const edited = { ...message, createdAt: createdAtOf(stored), editedAt }
      records.push(toRecord(edited, { order: stored.order, stamp: editedAt, version }, context))
    }
  }
  const fields = applyFields(state, change, ignored, context)
  return {
    delta: { records, ...fields, ...(change.createdAt === undefined ? {} : { createdAt: change.createdAt }) },
    messageIds: change.messages.map(({ message }) => message.id),
    ignored,
  }
}

/** When the message counts as edited; `undefined` where it is no change. */
function resolveEdit(
  stored: StoredRecord,
  message: Message,
  intent: MessageIntent,
  now: number,
): number | 'ignored' | undefined {
  if (stored.deleted === true) return 'ignored'
  if (contentDigest(message) === storedDigest(stored)) return undefined
  if (intent === 'append') return replayOrReuse(stored, message)
  if (message.editedAt !== undefined && message.editedAt > stored.stamp) return message.editedAt
  if (intent === 'edit') return Math.max(now, stored.stamp + 1)
  return intent === 'unknown' ? 'ignored' : undefined
}

/** An append of an id that is stored: a replay if the stored message was edited since, else a reused id. */
function replayOrReuse(stored: StoredRecord, message: Message): undefined {
  if ((stored.body as { editedAt?: number }).editedAt === undefined) {
    throw new IdempotencyKeyReusedError(message.id)
  }
  return undefined
}

function applyFields(
  state: ConversationState,
  change: ConversationChange,
  ignored: string[],
  context: CommitContext,
): Pick<StateDelta, 'title' | 'fields'> {
  const { head } = state
  const fields = Object.entries(change.fields).flatMap(([name, field]) => {
    const register = resolveField(head.fields[name], field, context)
    if (register === 'ignored') ignored.push(`metadata.${name}`)
    return register === undefined || register === 'ignored' ? [] : [[name, register] as const]
  })
  const title = change.title && resolveField(head.title ?? undefined, change.title, context)
  if (title === 'ignored') ignored.push('title')
  return {
    ...(title === undefined || title === 'ignored' ? {} : { title }),
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
  }
}

function resolveField(
  stored: Register | undefined,
  field: FieldChange,
  context: CommitContext,
): Register | 'ignored' | undefined {
  if (stored === undefined) return [field.value as DagValue, context.now, context.device]
  if (isSameValue(stored[0], field.value)) return undefined
  if (field.blind) return 'ignored'
  // A device whose clock ran ahead must not freeze the field for all others.
  return [field.value as DagValue, Math.max(context.now, stored[1] + 1), context.device]
}

function isSameValue(a: DagValue, b: JsonValue): boolean {
  return digestOf(a) === digestOf(b as DagValue)
}

function toRecord(
  message: Message,
  place: Pick<StoredRecord, 'order' | 'stamp' | 'version'>,
  context: CommitContext,
): StoredRecord {
  return { id: message.id, ...place, device: context.device, body: messageBody(message) }
}

function stampOf(message: Message): number {
  return message.editedAt ?? message.createdAt
}

function createdAtOf(stored: StoredRecord): number {
  return (stored.body as { createdAt: number }).createdAt
}

function storedDigest(stored: StoredRecord): string {
  return contentDigest(stored.body as unknown as Message)
}
