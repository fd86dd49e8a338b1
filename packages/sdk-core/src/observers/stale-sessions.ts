import type { ChatConflict } from './chat-snapshot'
import type { OnFrame } from './frame'
import { Observed } from './observed'

/** A chat whose session may be stale. */
export interface StaleSource {
  readonly conversationId: string
  /** `null` where it is not stale. */
  readonly conflict: ChatConflict | null
  readonly draft: string
  refresh(): Promise<void>
  mergeMine(): Promise<void>
  keepAsBranch(): Promise<void>
  clearConflict(): void
}

export interface StaleSession extends ChatConflict {
  conversationId: string
  draft: string
}

/** The chats of one identity that are stale: what a banner shows, and what it does. */
export class StaleSessions extends Observed<StaleSession | null> {
  readonly #sources = new Set<StaleSource>()

  constructor(onFrame?: OnFrame) {
    super(null, onFrame)
  }

  /** A chat says that something about its conflict is different. */
  tell(source: StaleSource): void {
    if (source.conflict !== null) this.#sources.add(source)
    else if (!this.#sources.delete(source)) return
    this.changed()
  }

  clear(): void {
    for (const source of [...this.#sources]) source.clearConflict()
  }

  /** Takes all conversations back, with what is stored. What is unsaved stays in its chat. */
  async refresh(): Promise<void> {
    await this.#each((source) => source.refresh())
  }

  /** Takes all conversations back, and adds what is unsaved at their ends. */
  async mergeMine(): Promise<void> {
    await this.#each((source) => source.mergeMine())
  }

  /** Takes all conversations back, and adds what is unsaved where it was written: beside what the others wrote. */
  async keepAsBranch(): Promise<void> {
    await this.#each((source) => source.keepAsBranch())
  }

  close(): void {}

  protected start(): void {}

  protected read(): StaleSession | null {
    const [source] = this.#sources
    if (source === undefined || source.conflict === null) return null
    const { conversationId, conflict, draft } = source
    return { conversationId, draft, ...conflict }
  }

  async #each(task: (source: StaleSource) => Promise<void>): Promise<void> {
    await Promise.all([...this.#sources].map(task))
  }
}
