import type { ConversationState } from '../../conversation/state'
import type { Scheme } from '../../conversation/types'

/** One version of a conversation as it is kept: never changed, only replaced. */
export interface MemoryVersion {
  readonly state: ConversationState
  readonly scheme: Scheme
}

/**
 * What several {@link MemoryConversationStore}s share, as devices share a network: current versions, and
 * compare-and-set. Its answers take a turn of the event loop's microtasks, so that writers really race.
 */
export class MemoryBackend {
  readonly #versions: Map<string, MemoryVersion>

  /** @param versions the current versions by conversation id; a test that keeps the map can take writes back */
  constructor(versions = new Map<string, MemoryVersion>()) {
    this.#versions = versions
  }

  async read(id: string): Promise<MemoryVersion | undefined> {
    return this.#versions.get(id)
  }

  /** Makes `next` current if `base` still is; gives back whether it did. */
  async compareAndSet(id: string, base: MemoryVersion | undefined, next: MemoryVersion): Promise<boolean> {
    if (this.#versions.get(id) !== base) return false
    this.#versions.set(id, next)
    return true
  }

  async readAll(): Promise<MemoryVersion[]> {
    return [...this.#versions.values()]
  }
}
