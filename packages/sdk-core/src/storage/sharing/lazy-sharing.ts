import { ClosedError } from '../../errors/identity-errors'
import type { OpenedShare, SharedList, StoreSharing } from '../conversation-store'
import type { ConversationMoved } from '../place'
import type { Sharing } from './sharing'

/** Sharing with all its code and keys, loaded by the first call that needs it. */
export class LazySharing implements StoreSharing {
  readonly #load: () => Promise<Sharing>
  #loading: Promise<Sharing> | undefined
  #isClosed = false

  constructor(load: () => Promise<Sharing>) {
    this.#load = load
  }

  async address(signal: AbortSignal): Promise<string> {
    return (await this.#get()).address(signal)
  }

  async share(conversationId: string, to: string, write: boolean, signal: AbortSignal): Promise<string> {
    return (await this.#get()).share(conversationId, to, write, signal)
  }

  async open(capability: string, signal: AbortSignal): Promise<OpenedShare> {
    return (await this.#get()).open(capability, signal)
  }

  async revoke(conversationId: string, to: string, signal: AbortSignal): Promise<void> {
    return (await this.#get()).revoke(conversationId, to, signal)
  }

  async list(signal: AbortSignal): Promise<SharedList> {
    return (await this.#get()).list(signal)
  }

  /** Asks who decides about it. @throws ConversationMoved, ShareRevokedError */
  async confirm(id: string, epoch: number, signal: AbortSignal): Promise<void> {
    return (await this.#get()).confirm(id, epoch, signal)
  }

  /** Resolves when the place to look at is a later one. */
  async follow(id: string, moved: ConversationMoved, signal: AbortSignal): Promise<void> {
    return (await this.#get()).follow(id, moved, signal)
  }

  /** Overwrites the keys, if they were loaded. */
  async close(): Promise<void> {
    this.#isClosed = true
    const sharing = await this.#loading?.catch(() => undefined)
    sharing?.wipe()
  }

  #get(): Promise<Sharing> {
    if (this.#isClosed) throw new ClosedError()
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }
}
