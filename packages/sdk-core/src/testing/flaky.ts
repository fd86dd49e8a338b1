import { StoreUnavailableError } from '../errors/storage-errors'
import type { ConversationStore } from '../storage/conversation-store'
import { decorate } from './decorate'

/** How bad the network is. */
export interface FlakyOptions {
  /** Gives numbers from 0 up to 1; see {@link createRandom}. */
  random(): number
  /** How likely a commit never reaches the store, from 0 to 1. */
  dropBefore: number
  /** How likely the answer to a commit that reached the store is lost, from 0 to 1. */
  dropAfter: number
}

/**
 * `store` behind a bad network: some commits reject with `StoreUnavailableError`, before they reach the store
 * or after they have landed. Reads are answered. As reproducible as `random`.
 */
export function flaky(
  store: ConversationStore,
  { random, dropBefore, dropAfter }: FlakyOptions,
): ConversationStore {
  return decorate(store, {
    commit: async (id, changes, signal) => {
      if (random() < dropBefore) throw new StoreUnavailableError('the request was lost')
      const outcomes = await store.commit(id, changes, signal)
      if (random() < dropAfter) throw new StoreUnavailableError('the answer was lost', { outcome: 'unknown' })
      return outcomes
    },
  })
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
