import type { Conversation, ConversationInput, JsonValue, MessageInput } from '../conversation/types'
import type { LoadOptions } from '../storage/load-options'
import type { AppendOptions, SaveOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'

/** What sessions need of the door to storage. */
export interface SessionStorage {
  appendMessage(
    conversationId: string,
    message: MessageInput,
    options?: AppendOptions,
  ): Promise<StorageResult>
  saveConversation(conversation: ConversationInput, options?: SaveOptions): Promise<StorageResult>
  updateConversation(
    conversationId: string,
    fields: { metadata: Record<string, JsonValue> },
    options?: AppendOptions,
  ): Promise<StorageResult>
  loadConversation(conversationId: string, options?: LoadOptions): Promise<Conversation | undefined>
}
