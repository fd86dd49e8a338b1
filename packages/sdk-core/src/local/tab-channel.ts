/** What the tabs of one identity tell each other. None of it is content. */
export type TabNews =
  /** A copy was changed. */
  | { kind: 'changed'; conversationId: string }
  /** Something was put into the outbox, or went out of it. */
  | { kind: 'outbox' }
  /** The rows that the leader is sending right now, and what it met last. */
  | { kind: 'sending'; seqs: readonly number[]; lastError?: { code: string; userMessage: string } }
  /** The leader is alive. */
  | { kind: 'leading' }
  /** A session was refused: a later one has begun. */
  | { kind: 'stale-session'; conversationId: string }

/** Tells the other tabs of this browser, by BroadcastChannel where there is one. */
export class TabChannel {
  readonly #channel: BroadcastChannel | undefined
  readonly #listeners = new Set<(news: TabNews) => void>()

  constructor(name: string) {
    if (typeof BroadcastChannel === 'undefined') return
    this.#channel = new BroadcastChannel(name)
    this.#channel.onmessage = ({ data }: { data: unknown }) => this.#tell(data as TabNews)
  }

  /** Tells the other tabs, and whoever listens in this one. */
  post(news: TabNews): void {
    this.#tell(news)
    this.#channel?.postMessage(news)
  }

  /** Calls back until the function that it gives back is called. */
  listen(listener: (news: TabNews) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#listeners.clear()
    this.#channel?.close()
  }

  #tell(news: TabNews): void {
    for (const listener of [...this.#listeners]) listener(news)
  }
}
