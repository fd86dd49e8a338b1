import type { ConversationStore } from '../storage/conversation-store'
import { decorate } from './decorate'

const MOST_ATTEMPTS = 10
/** Waited before the second attempt, in ms; twice as long before each further one. */
const FIRST_WAIT_MS = 2

/**
 * `store` with calls repeated on retryable errors, up to ten times within about a second: the same changes
 * again, as `StorageManager` does, but with shorter waits.
 */
export function retrying(store: ConversationStore): ConversationStore {
  return decorate(store, {
    commit: (id, changes, signal) => retry(() => store.commit(id, changes, signal), signal),
    load: (id, page, signal) => retry(() => store.load(id, page, signal), signal),
    list: (page, signal) => retry(() => store.list(page, signal), signal),
  })
}

async function retry<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (attempts === MOST_ATTEMPTS || signal.aborted || !isRetryable(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempts - 1)))
    }
  }
}

/** Asks the error, not its class: a store may come with its own copy of the SDK. */
function isRetryable(error: unknown): boolean {
  return (error as { retryable?: unknown } | undefined)?.retryable === true
}
