import { createMessageId } from '../conversation/message-id'
import type { Message } from '../conversation/types'
import { ClosedError } from '../errors/identity-errors'
import { GenerationFailedError } from '../errors/session-errors'
import type { Generate } from '../session/generation'
import type { StorageResult } from '../storage/storage-result'
import type { ChatSession, SessionFacts } from './chat-session'
import { contextOf } from './chat-thread'
import type { ObservedSessions } from './observed-parts'

/** Who answers, and how the session is noted. */
export interface AnswerOptions extends SessionFacts {
  generate: Generate
}

/** What became of an answer. `message` holds what was shown of it; empty where that was nothing. */
export interface AnswerEnd {
  message: Message
  /** Present where all of the answer is saved. */
  result?: StorageResult
  /** Why it is not whole; absent where it is, or was stopped. */
  error?: unknown
  /** Whether what was shown is saved. */
  isSaved: boolean
}

interface Asked {
  prompt: Message
  /** Whether the prompt was saved. */
  ready: Promise<boolean>
  options: AnswerOptions
  resolve(end: AnswerEnd | undefined): void
}

export interface ChatAnswersOptions {
  sessions: Pick<ObservedSessions, 'streamMessage'>
  session: ChatSession
  onChange(): void
}

/** The answers of a chat, one after another: what is asked meanwhile waits, however much it is. */
export class ChatAnswers {
  readonly #options: ChatAnswersOptions
  readonly #waiting: Asked[] = []
  #growing: Message | undefined
  #stopping: AbortController | undefined

  constructor(options: ChatAnswersOptions) {
    this.#options = options
  }

  /** What there is of the answer that is coming. */
  get growing(): Message | undefined {
    return this.#growing
  }

  get isStreaming(): boolean {
    return this.#stopping !== undefined
  }

  /** Resolves when the answer has ended, well or not; with `undefined` where it never began. */
  ask(prompt: Message, ready: Promise<boolean>, options: AnswerOptions): Promise<AnswerEnd | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ prompt, ready, options, resolve })
      if (this.#stopping === undefined) void this.#run()
    })
  }

  /** Ends the answer that is coming, and lets none begin that waits. What was shown is saved. */
  stop(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
    this.#stopping?.abort()
  }

  async #run(): Promise<void> {
    for (let asked = this.#waiting.shift(); asked !== undefined; asked = this.#waiting.shift()) {
      const stopping = new AbortController()
      this.#stopping = stopping
      this.#options.onChange()
      const isAsked = (await asked.ready) && !stopping.signal.aborted
      asked.resolve(isAsked ? await this.#answer(asked, stopping.signal) : undefined)
    }
    this.#stopping = undefined
    this.#options.onChange()
  }

  async #answer({ prompt, options }: Asked, signal: AbortSignal): Promise<AnswerEnd> {
    const { sessions, session, onChange } = this.#options
    const place = {
      id: createMessageId(),
      role: 'assistant',
      parentId: prompt.id,
      createdAt: Date.now(),
    } as const
    this.#growing = { ...place, content: '' }
    let text = ''
    const onText = (piece: string) => {
      text += piece
      this.#growing = { ...place, content: text }
      onChange()
    }
    try {
      const { id } = await session.open(options)
      const generate: Generate = ({ messages, ...input }) =>
        options.generate({ ...input, messages: contextOf(messages, prompt.id) })
      return {
        isSaved: true,
        ...(await sessions.streamMessage(id, prompt, generate, { signal, onText, answerId: place.id })),
      }
    } catch (error) {
      return toEnd({ ...place, content: text }, error, signal)
    } finally {
      this.#growing = undefined
    }
  }
}

function toEnd(message: Message, error: unknown, signal: AbortSignal): AnswerEnd {
  if (signal.aborted && error === signal.reason)
    return { message: withStatus(message, 'aborted'), isSaved: true }
  if (error instanceof ClosedError) return { message: withStatus(message, 'aborted'), isSaved: true, error }
  const isSaved = error instanceof GenerationFailedError
  return { message: withStatus(message, 'failed'), isSaved, error }
}

function withStatus(message: Message, status: string): Message {
  return { ...message, metadata: { status } }
}
