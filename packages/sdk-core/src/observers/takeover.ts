import type { Conversation } from '../conversation/types'

/** What was shown when another session took over. */
export interface Overtaken {
  localVersion: number
  /** The version that is stored. */
  remoteVersion: number
  /** Ids of the messages that were shown. */
  seen: readonly string[]
}

/** Whether another session has taken a conversation over, and what was read before it did. */
export class Takeover {
  #current: Overtaken | undefined
  #isDismissed = false
  #fresh: Conversation | undefined

  get current(): Overtaken | undefined {
    return this.#current
  }

  /** `true` where this is news. */
  happened(remoteVersion: number): boolean {
    if (this.#current !== undefined) return false
    const { version = 0, messages = [] } = this.#fresh ?? {}
    this.#current = { localVersion: version, remoteVersion, seen: messages.map(({ id }) => id) }
    return true
  }

  /** `true` where `conversation` shows that it happened, and nobody has dismissed it. */
  showsIn(conversation: Conversation, isOvertaken: boolean): boolean {
    const isNews = isOvertaken && !this.#isDismissed && this.happened(conversation.version)
    if (this.#current === undefined) this.#fresh = conversation
    return isNews
  }

  /** The conversation was taken back. */
  end(): void {
    this.#current = undefined
    this.#isDismissed = false
  }

  /** Nobody is to be told of it any more. */
  dismiss(): void {
    this.#current = undefined
    this.#isDismissed = true
  }
}
