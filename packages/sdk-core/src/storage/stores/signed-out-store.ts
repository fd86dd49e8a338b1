import { NotAuthenticatedError } from '../../errors/identity-errors'
import type { ConversationStore } from '../conversation-store'

/** Keeps nothing: every call rejects with `NotAuthenticatedError` rather than lose what it is given. */
export function createSignedOutStore(): ConversationStore {
  const refuse = async () => {
    throw new NotAuthenticatedError('nobody is signed in')
  }
  return {
    commit: refuse,
    load: refuse,
    list: refuse,
    getTransferStats: () => ({ requests: 0, bytesUp: 0, bytesDown: 0 }),
    close: async () => {},
  }
}
