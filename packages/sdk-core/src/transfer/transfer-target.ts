import type {
  Conversation,
  ConversationInput,
  ConversationSummary,
  JsonValue,
  MessageInput,
} from '../conversation/types'
import type { ReadOptions } from '../storage/load-options'

/** The door through which conversations are read: a `StorageManager`. */
export interface ExportSource {
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
}

/** What became of a write. */
export interface Committed {
  version: number
  /** Ids that were left as stored. */
  ignored?: string[]
}

/** The door through which conversations are written; each write is a commit of its own. */
export interface ImportTarget {
  load(id: string, options: ReadOptions): Promise<Conversation | undefined>
  create(conversation: ConversationInput, options: ReadOptions): Promise<Committed>
  /** @param absentAt a version that has none of the messages and no trace of them */
  append(
    id: string,
    messages: readonly MessageInput[],
    absentAt: number | undefined,
    options: ReadOptions,
  ): Promise<Committed>
  setFields(
    id: string,
    fields: { title?: string; metadata?: Record<string, JsonValue> },
    options: ReadOptions,
  ): Promise<unknown>
}
