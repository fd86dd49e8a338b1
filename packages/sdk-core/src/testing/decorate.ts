import type { ConversationStore } from '../storage/conversation-store'

/** A store that does as `store` but for the methods in `other`. */
export function decorate(store: ConversationStore, other: Partial<ConversationStore>): ConversationStore {
  return {
    commit: (id, changes, signal) => store.commit(id, changes, signal),
    load: (id, page, signal) => store.load(id, page, signal),
    list: (page, signal) => store.list(page, signal),
    getTransferStats: () => store.getTransferStats(),
    close: () => store.close(),
    ...other,
  }
}
