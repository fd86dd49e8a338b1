import type { Conversation } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { UnsupportedError } from '../errors/input-errors'
import type { OnFrame } from './frame'
import { Observed } from './observed'
import type { ObservedStorage } from './observed-parts'

/** `closed`: the SDK was closed, or who was signed in has signed out; what was loaded stays. */
export type ReadStatus = 'loading' | 'ready' | 'failed' | 'closed'

export interface ConversationSnapshot {
  status: ReadStatus
  /** Absent while it is loaded for the first time, and where there is none. */
  conversation?: Conversation
  /** Why it could not be read the last time. */
  error?: unknown
}

export const LOADING: ConversationSnapshot = { status: 'loading' }

export interface ConversationObserverOptions {
  storage: Pick<ObservedStorage, 'loadConversation' | 'watchConversation'>
  conversationId: string
  onFrame?: OnFrame
}

/** One conversation as it is now, whoever changes it. */
export class ConversationObserver extends Observed<ConversationSnapshot> {
  readonly #options: ConversationObserverOptions
  #current: ConversationSnapshot = LOADING
  #stopWatching = () => {}
  #reading: Promise<void> | undefined
  #isReadDue = false

  constructor(options: ConversationObserverOptions) {
    super(LOADING, options.onFrame)
    this.#options = options
  }

  /** Reads it again; one read at a time. Resolves when what it was at this call is shown; never rejects. */
  reload(): Promise<void> {
    this.#isReadDue = true
    this.#reading ??= this.#readWhileDue().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** `version` is there: it is read, unless it is shown already. */
  async expect(version: number): Promise<void> {
    if (version > (this.#current.conversation?.version ?? 0)) await this.reload()
  }

  close(): void {
    this.#stopWatching()
  }

  protected start(): void {
    this.#watch()
    void this.reload()
  }

  protected read(): ConversationSnapshot {
    return this.#current
  }

  #watch(): void {
    const { storage, conversationId } = this.#options
    try {
      this.#stopWatching = storage.watchConversation(
        conversationId,
        ({ version }) => void this.expect(version),
      )
    } catch (error) {
      // A store that cannot tell is read at the start, and after what is saved here.
      if (!(error instanceof UnsupportedError)) this.#fail(error)
    }
  }

  async #readWhileDue(): Promise<void> {
    const { storage, conversationId } = this.#options
    while (this.#isReadDue) {
      this.#isReadDue = false
      try {
        const conversation = await storage.loadConversation(conversationId, { readOnly: true })
        this.#show({ status: 'ready', ...(conversation === undefined ? {} : { conversation }) })
      } catch (error) {
        this.#fail(error)
      }
    }
  }

  #fail(error: unknown): void {
    const { conversation } = this.#current
    const status = error instanceof ClosedError ? 'closed' : conversation === undefined ? 'failed' : 'ready'
    this.#show({ status, error, ...(conversation === undefined ? {} : { conversation }) })
  }

  #show(snapshot: ConversationSnapshot): void {
    this.#current = snapshot
    this.changed()
  }
}
