import type { ConversationChange } from '../../src/conversation/change'
import type { ConversationStore } from '../../src/storage/conversation-store'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'

/** A network that can be cut, and that notes down what it is asked to commit. */
export function createRemote(backend = new MemoryBackend()) {
  const store = new MemoryConversationStore(backend)
  const line: { fault: unknown; asked: ConversationChange[][] } = { fault: undefined, asked: [] }
  const guarded =
    <A extends unknown[], R>(task: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      if (line.fault !== undefined) throw line.fault
      return task(...args)
    }
  const remote: ConversationStore = {
    commit: guarded((id, changes, signal) => {
      line.asked.push(structuredClone([...changes]))
      return store.commit(id, changes, signal)
    }),
    load: guarded((id, page, signal) => store.load(id, page, signal)),
    list: guarded((page, signal) => store.list(page, signal)),
    getTransferStats: () => store.getTransferStats(),
    close: async () => {},
  }
  return { remote, line, store }
}
