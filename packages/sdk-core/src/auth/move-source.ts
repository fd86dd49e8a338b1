import type { Conversation, ConversationInput, ConversationSummary } from '../conversation/types'
import type { ReadOptions } from '../storage/load-options'
import type { MoveSource } from './move-conversations'

/** What moving out takes; `StorageManager`, handed in. */
export interface EmptiableStorage {
  listConversations(options: ReadOptions): Promise<{ items: ConversationSummary[] }>
  loadConversation(id: string, options: ReadOptions): Promise<Conversation | undefined>
  saveConversation(
    conversation: ConversationInput,
    options: ReadOptions & { overwrite: true; expectedVersion: number },
  ): Promise<unknown>
}

/**
 * `storage` as conversations move out of it. What has moved is emptied and not deleted: a deleted id stays
 * deleted for ever, but the next one who is signed out may use it again.
 */
export function createMoveSource(storage: EmptiableStorage): MoveSource {
  return {
    listConversations: async (options) => {
      const { items } = await storage.listConversations(options)
      return { items: items.filter((summary) => !isEmptied(summary)) }
    },
    loadConversation: async (id, options) => {
      const conversation = await storage.loadConversation(id, options)
      return conversation === undefined || isEmptied(conversation) ? undefined : conversation
    },
    takeAway: async (id, options) => {
      await storage.saveConversation({ id, title: '', messages: [] }, { ...options, overwrite: true })
    },
  }
}

/** An empty title, which is not the same as none, marks it. */
function isEmptied({ messageCount, title }: Pick<ConversationSummary, 'messageCount' | 'title'>): boolean {
  return messageCount === 0 && title === ''
}
