import type { Conversation, ConversationInput, ConversationSummary } from '../conversation/types'
import type { ReadOptions } from '../storage/load-options'
import type { ConversationSource } from './move-conversations'

/** What deleting takes; `StorageManager`, handed in. */
export interface EmptiableStorage {
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  saveConversation(
    conversation: ConversationInput,
    options: ReadOptions & { overwrite: true; expectedVersion: number },
  ): Promise<unknown>
}

/**
 * `storage` with a deletion that takes title, messages and metadata away; what is left has neither, and is
 * not listed.
 */
export function withDeletion(storage: EmptiableStorage): ConversationSource {
  return {
    listConversations: async (options) => {
      const { items } = await storage.listConversations(options)
      return { items: items.filter(({ messageCount, title = '' }) => messageCount > 0 || title !== '') }
    },
    loadConversation: (id, options) => storage.loadConversation(id, options),
    deleteConversation: async (id, options) => {
      await storage.saveConversation({ id, title: '', messages: [] }, { ...options, overwrite: true })
    },
  }
}
