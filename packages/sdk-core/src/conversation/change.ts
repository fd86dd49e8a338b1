import type { StateDelta } from './state'
import type { JsonValue, Message, Scheme } from './types'

/**
 * What the caller wants of a message whose id may be stored already:
 * `append` a new one, replace it by an `edit`, nothing because it came back `unchanged`,
 * or `unknown` where this client cannot tell an edit from an old copy.
 */
export type MessageIntent = 'append' | 'edit' | 'unchanged' | 'unknown'

/** One message of a change, and what is wanted of it. */
export interface MessageChange {
  message: Message
  intent: MessageIntent
}

/** New content for a message that is stored. */
export interface ContentEdit {
  id: string
  content: Message['content']
}

/** A new value of the title or of a metadata field; a `blind` one only fills a place that is empty. */
export interface FieldChange {
  value: JsonValue
  blind: boolean
}

/**
 * Where the ids of a change's messages come from: made just now and never given to a store, made from its
 * idempotency key, or (some of them) given by the caller.
 */
export type IdOrigin = 'fresh' | 'keyed' | 'given'

/** Which session asks, and what it knows. */
export interface SessionCondition {
  /** A greater one is a later session. */
  epoch: number
  /** Whether the session takes over with this change: no other has this epoch or a greater one yet. */
  begins?: true
  /** The version that the session last read: it lacks what came after. */
  since: number
}

/** What a caller asks for: complete before its first attempt, so that a retry asks for exactly the same. */
export interface ConversationChange {
  /**
   * `append` adds messages and nothing else, and writes nothing if they are there; `save` always makes a
   * version; `overwrite` also takes away what it does not name; `alter` needs the conversation to exist;
   * `delete` takes away all of it for good, and changes nothing when asked again.
   */
  kind: 'append' | 'save' | 'overwrite' | 'alter' | 'delete'
  messages: readonly MessageChange[]
  edits?: readonly ContentEdit[]
  deletions?: readonly string[]
  title?: FieldChange
  fields: { readonly [name: string]: FieldChange }
  createdAt?: number
  /** Left out: as stored, or sealed for a new conversation. */
  scheme?: Scheme
  ids: IdOrigin
  /** No message of the change was stored at this version: where it appends, only later commits can hold one. */
  absentAt?: number
  expectedVersion?: number
  /** Refused once a later session has begun, unless the change is there already. */
  session?: SessionCondition
  /** 16 bytes each: a hash of the caller's key, and one of the input as it was given. */
  idempotency?: { key: Uint8Array; input: Uint8Array }
}

/** Such a change was decided on one version, and is refused on any other. */
export function takesAway({ kind }: Pick<ConversationChange, 'kind'>): boolean {
  return kind === 'overwrite' || kind === 'delete'
}

/** What the first of `changes` that cares wants the conversation to be; else as it is stored. */
export function schemeAfter(
  changes: readonly ConversationChange[],
  stored: Scheme | undefined,
): Scheme | undefined {
  return changes.find(({ scheme }) => scheme !== undefined)?.scheme ?? stored
}

/** What a change comes to on top of one state. */
export interface AppliedChange {
  delta: StateDelta
  /** Ids of the change's messages, in the caller's order. */
  messageIds: string[]
  /** Ids and field names that were not taken over because what is stored is newer or deleted. */
  ignored: string[]
  /** The version that this change made long ago, if it did. */
  replayOf?: number
}

/**
 * Whether the outcome of a change depends on records of any age. Fresh ids can only have been written by an
 * earlier attempt; ids made from a key only if the key was used, which the receipts know that are complete
 * from version `receiptsFrom` on.
 */
export function dependsOnAllRecords(
  { kind, ids, absentAt }: ConversationChange,
  receiptsFrom: number,
): boolean {
  if (kind === 'delete') return false
  if (kind !== 'append') return true
  if (absentAt !== undefined) return false
  return ids === 'given' || (ids === 'keyed' && receiptsFrom > 1)
}
