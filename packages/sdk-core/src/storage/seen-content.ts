import type { FieldChange, MessageIntent } from '../conversation/change'
import { type DagValue, digestOf } from '../conversation/codec'
import type { ConversationDraft } from '../conversation/conversation-input'
import { contentDigest } from '../conversation/message-id'
import type { Conversation, JsonValue, Message } from '../conversation/types'
import { LruMap } from './lru-map'

/** How many conversations are remembered. */
const KEPT_CONVERSATIONS = 256
const TITLE = 'title'
/** Stands for content that this client tried to write and may have written. */
const ATTEMPTED = ''

type DigestByName = Map<string, string>

/**
 * What this client last saved or loaded of each conversation: the base that a whole conversation is compared
 * with when it is saved. What still says the same is no change, so an old copy reverts nobody's edit.
 */
export class SeenContent {
  readonly #digests = new LruMap<string, DigestByName>(KEPT_CONVERSATIONS)
  readonly #versions = new LruMap<string, number>(KEPT_CONVERSATIONS)

  /** What saving `message` as part of a whole conversation means. */
  intentOf(conversationId: string, message: Message): MessageIntent {
    const seen = this.#digests.get(conversationId)?.get(messageName(message.id))
    if (seen === undefined) return 'unknown'
    return seen === contentDigest(message) ? 'unchanged' : 'edit'
  }

  /** The fields of a draft that differ from what was seen. */
  fieldChanges(draft: ConversationDraft): { title?: FieldChange; fields: Record<string, FieldChange> } {
    const fields = Object.entries(draft.metadata).flatMap(([name, value]) => {
      const change = this.#fieldChange(draft.id, fieldName(name), value)
      return change === undefined ? [] : [[name, change] as const]
    })
    const title = draft.title === undefined ? undefined : this.#fieldChange(draft.id, TITLE, draft.title)
    return { ...(title === undefined ? {} : { title }), fields: Object.fromEntries(fields) }
  }

  /** All fields of a draft, whatever was seen. */
  givenFields(draft: ConversationDraft): { title?: FieldChange; fields: Record<string, FieldChange> } {
    const given = (value: JsonValue): FieldChange => ({ value, blind: false })
    const fields = Object.entries(draft.metadata).map(([name, value]) => [name, given(value)] as const)
    return {
      ...(draft.title === undefined ? {} : { title: given(draft.title) }),
      fields: Object.fromEntries(fields),
    }
  }

  /** The version that this client last loaded or made of a conversation. */
  versionOf(conversationId: string): number | undefined {
    return this.#versions.get(conversationId)
  }

  rememberVersion(conversationId: string, version: number): void {
    this.#versions.set(conversationId, version)
  }

  /** Remembers what was loaded, or is being saved; gives back how to forget it again. */
  remember(conversation: ConversationDraft | Conversation): () => void {
    return this.#update(conversation.id, digestsOf(conversation))
  }

  /** A save of `draft` failed and may have landed: what it says is this client's own from now on. */
  rememberAttempt(draft: ConversationDraft): void {
    this.#update(
      draft.id,
      digestsOf(draft).map(([name]) => [name, ATTEMPTED]),
    )
  }

  #update(id: string, digests: [string, string][]): () => void {
    const known: DigestByName = this.#digests.get(id) ?? new Map()
    const before = digests.map(([name]) => [name, known.get(name)] as const)
    for (const [name, digest] of digests) known.set(name, digest)
    this.#digests.set(id, known)
    return () => {
      for (const [name, digest] of before) {
        if (digest === undefined) known.delete(name)
        else known.set(name, digest)
      }
    }
  }

  #fieldChange(conversationId: string, name: string, value: JsonValue): FieldChange | undefined {
    const seen = this.#digests.get(conversationId)?.get(name)
    return seen === digestField(value) ? undefined : { value, blind: seen === undefined }
  }
}

function digestsOf(conversation: ConversationDraft | Conversation): [string, string][] {
  const { messages, metadata, title } = conversation
  return [
    ...messages.map((message): [string, string] => [messageName(message.id), contentDigest(message)]),
    ...Object.entries(metadata).map(([name, value]): [string, string] => [
      fieldName(name),
      digestField(value),
    ]),
    ...(title === undefined ? [] : [[TITLE, digestField(title)] satisfies [string, string]]),
  ]
}

function messageName(id: string): string {
  return `message/${id}`
}

function fieldName(name: string): string {
  return `metadata/${name}`
}

function digestField(value: JsonValue): string {
  return digestOf(value as DagValue)
}
