import { hexToBytes } from '@noble/hashes/utils.js'
import { type ContentEdit, type ConversationChange, type IdOrigin, takesAway } from '../conversation/change'
import { type DagValue, digestOf } from '../conversation/codec'
import type { ConversationDraft } from '../conversation/conversation-input'
import { contentOf, type MessageDraft } from '../conversation/message'
import { randomBytes } from '../crypto/platform'
import type { SaveOptions } from './save-options'
import type { SeenContent } from './seen-content'

/** A checked call: all that a change will be made of when its turn comes. */
export interface SaveDraft extends ConversationDraft {
  kind: ConversationChange['kind']
  edits?: readonly ContentEdit[]
  deletions?: readonly string[]
  ids: IdOrigin
  absentAt?: number
  /** A hash of the input as the caller gave it, in hex. Only calls with a key need it. */
  inputDigest(): string
}

/** The fingerprint of a call: what was given, without ids and times that were made up for it. */
export function digestInput(
  kind: SaveDraft['kind'],
  messages: readonly MessageDraft[],
  rest: { [name: string]: DagValue | undefined } = {},
): string {
  const given = messages.map((message) => [message.id ?? null, message.createdAt ?? null, contentOf(message)])
  const named = Object.entries(rest).filter(([, value]) => value !== undefined)
  return digestOf([kind, given, Object.fromEntries(named) as DagValue])
}

/**
 * The change that a draft comes to for this client. Made once, when its turn comes, so that every attempt asks
 * for the same, and saves that came before it are taken into account.
 */
export function toChange(draft: SaveDraft, options: SaveOptions, seen: SeenContent): ConversationChange {
  const { id, messages, edits, deletions, createdAt, ids, absentAt } = draft
  const kind = options.overwrite === true ? 'overwrite' : draft.kind
  const isDecided = takesAway({ kind })
  const isWhole = isDecided || kind === 'alter'
  const expectedVersion = options.expectedVersion ?? (isDecided ? seen.versionOf(id) : undefined)
  const isConditional = expectedVersion !== undefined || isDecided || options.session?.begins === true
  const key = keyOf(id, options, isConditional)
  return {
    kind,
    ids,
    messages: messages.map((message) => ({
      message,
      intent: kind === 'append' ? 'append' : seen.intentOf(id, message),
    })),
    ...(isWhole ? seen.givenFields(draft) : seen.fieldChanges(draft)),
    ...(edits === undefined ? {} : { edits }),
    ...(deletions === undefined ? {} : { deletions }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(absentAt === undefined ? {} : { absentAt }),
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    ...(options.session === undefined ? {} : { session: options.session }),
    ...(options.encrypt === undefined ? {} : { scheme: options.encrypt ? 'xsalsa20-poly1305' : 'plain' }),
    ...(key === undefined ? {} : { idempotency: { key, input: hexToBytes(draft.inputDigest()) } }),
  }
}

/**
 * A conditional change without a key gets one of its own: should its answer be lost, the next attempt meets the
 * version it made itself, and must know it.
 */
function keyOf(id: string, options: SaveOptions, isConditional: boolean): Uint8Array | undefined {
  if (options.idempotencyKey !== undefined) return hashKey(id, options.idempotencyKey)
  return isConditional ? randomBytes(16) : undefined
}

function hashKey(conversationId: string, key: string): Uint8Array {
  return hexToBytes(digestOf(['idempotency-key', conversationId, key]))
}
