import type { Conversation, ConversationInput, ConversationSummary } from '../conversation/types'
import type { ReadOptions } from '../storage/load-options'
import type { ConversationSource } from './move-conversations'

/** What deleting takes; `StorageManager`, handed in. */
export interface EmptiableStorage {
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  saveConversation(
    conversation: ConversationInput,
    options: ReadOptions & { overwrite: true; expectedVersion?: number },
  ): Promise<unknown>
}

/**
 * `storage` with a deletion that takes title, messages and metadata away; a conversation that has none of
 * them left counts as absent.
 */
export function withDeletion(storage: EmptiableStorage): ConversationSource {
  return {
    listConversations: async (options) => {
      const { items } = await storage.listConversations(options)
      return { items: items.filter((summary) => !isEmptied(summary)) }
    },
    loadConversation: async (id, options) => {
      const conversation = await storage.loadConversation(id, options)
      return conversation === undefined || isEmptied(conversation) ? undefined : conversation
    },
    deleteConversation: async (id, options) => {
      await storage.saveConversation({ id, title: '', messages: [] }, { ...options, overwrite: true })
    },
  }
}

function isEmptied({ messageCount, title }: Pick<ConversationSummary, 'messageCount' | 'title'>): boolean {
  return messageCount === 0 && title === ''
}
