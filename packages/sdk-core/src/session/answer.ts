import { toWellFormedText } from '../conversation/json-value'
import { MAX_MESSAGE_BYTES } from '../conversation/message'
import type { Message } from '../conversation/types'
import { SDKError } from '../errors/sdk-error'
import { GenerationFailedError } from '../errors/session-errors'
import type { Clock } from '../observe/clock'
import type { StorageResult } from '../storage/storage-result'

/** How long after the first text it is saved, in ms. Each wait after that is twice as long, up to the longest. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000
/** Room for what a message has beside its text, in bytes. */
const RESERVED_BYTES = 4096

/** What `metadata.status` of an answer says; `sessionId` beside it says whose. */
export type AnswerStatus = 'streaming' | 'complete' | 'failed' | 'aborted' | 'interrupted'

export interface AnswerOptions {
  /** The message without its text. */
  place: Pick<Message, 'id' | 'createdAt'> & { sessionId: string; parentId: string }
  clock: Clock
  save(message: Message): Promise<StorageResult>
  /** A save was refused for good: the answer need not go on. */
  onRefused(error: SDKError): void
}

/**
 * An answer that is saved as it grows, so that a crash keeps most of what was shown: ever less often, so that a
 * long one costs about twice its bytes. All saves are of one message; one runs at a time.
 */
export class GrowingAnswer {
  readonly #options: AnswerOptions
  #text = ''
  #bytes = 0
  #savedLength = 0
  #editedAt: number | undefined
  #waitMs = FIRST_WAIT_MS
  #callOff: (() => void) | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(options: AnswerOptions) {
    this.#options = options
  }

  /** Never waits. @throws GenerationFailedError where the answer is longer than a message may be */
  add(text: string): void {
    this.#bytes += new TextEncoder().encode(text).length
    if (this.#bytes > MAX_MESSAGE_BYTES - RESERVED_BYTES) {
      throw new GenerationFailedError('the answer is longer than a message may be')
    }
    this.#text += text
    this.#schedule()
  }

  /**
   * The whole answer and its acknowledged save; `undefined` where there was no text, and so nothing to save.
   * Saving is tried even after a save was refused: the refusal then names all that is unsaved.
   */
  async finish(status: AnswerStatus): Promise<{ message: Message; result: StorageResult } | undefined> {
    this.#callOff?.()
    await this.#saving
    this.#callOff?.()
    if (this.#text === '') return undefined
    const message = this.#toMessage(status)
    return { message, result: await this.#options.save(message) }
  }

  #schedule(): void {
    if (this.#callOff !== undefined || this.#text.length === this.#savedLength) return
    this.#callOff = this.#options.clock.after(this.#waitMs, () => {
      this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS)
      this.#saving = this.#saveSoFar()
    })
  }

  async #saveSoFar(): Promise<void> {
    const { length } = this.#text
    try {
      await this.#options.save(this.#toMessage('streaming'))
      this.#savedLength = length
    } catch (error) {
      if (error instanceof SDKError && !error.retryable) this.#options.onRefused(error)
    }
    this.#callOff = undefined
    this.#schedule()
  }

  #toMessage(status: AnswerStatus): Message {
    const { place, clock } = this.#options
    const { sessionId, ...rest } = place
    const editedAt = this.#editedAt
    this.#editedAt = Math.max(clock.now(), (editedAt ?? place.createdAt) + 1)
    return {
      ...rest,
      role: 'assistant',
      content: toWellFormedText(this.#text),
      // A later save must win over the earlier ones whatever this client remembers of them.
      ...(editedAt === undefined ? {} : { editedAt: this.#editedAt }),
      metadata: { sessionId, status },
    }
  }
}

/** The message, or a copy with another status where it is an answer that was still streaming. */
export function markInterrupted(message: Message): Message {
  const { metadata } = message
  if (metadata?.status !== 'streaming' || typeof metadata.sessionId !== 'string') return message
  return { ...message, metadata: { ...metadata, status: 'interrupted' satisfies AnswerStatus } }
}
