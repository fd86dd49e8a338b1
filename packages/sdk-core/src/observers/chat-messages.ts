import type { Message } from '../conversation/types'
import type { ChatAnswers } from './chat-answers'
import { type ChatMessage, reuseShown } from './chat-snapshot'
import { type Placed, threadOf } from './chat-thread'
import type { ConversationObserver } from './conversation-observer'
import type { OwnMessages } from './own-messages'

export interface ChatMessagesOptions {
  conversation: ConversationObserver
  own: OwnMessages
  answers: ChatAnswers
}

/** The messages of a chat: those that are stored, those that were written here, and the answer that is coming. */
export class ChatMessages {
  readonly #options: ChatMessagesOptions
  readonly #errors = new Map<string, unknown>()
  readonly #chosenByParent = new Map<string, string>()

  constructor(options: ChatMessagesOptions) {
    this.#options = options
  }

  /** As people read them. What looks as in `before` is the same object. */
  shown(before: readonly ChatMessage[]): readonly ChatMessage[] {
    const placed = threadOf(this.#all(), this.#chosenByParent)
    return reuseShown(
      before,
      placed.map((each) => this.#toShown(each)),
    )
  }

  /** One that is stored or was written here, as it is shown, or would be. */
  asShown(message: Message): ChatMessage {
    return this.#toShown({ message })
  }

  stored(): readonly Message[] {
    return this.#options.conversation.getSnapshot().conversation?.messages ?? []
  }

  find(id: string): Message | undefined {
    return this.#all().find((message) => message.id === id)
  }

  /** Shows this one of several answers. @returns whether it is an answer */
  choose(answerId: string): boolean {
    const { parentId } = this.find(answerId) ?? {}
    if (parentId !== undefined) this.#chosenByParent.set(parentId, answerId)
    return parentId !== undefined
  }

  /** Shows the newest answer to a prompt. */
  chooseNewest(promptId: string): void {
    this.#chosenByParent.delete(promptId)
  }

  /** Says at a message what went wrong with its answer. */
  fail(id: string, error: unknown): void {
    this.#errors.set(id, error)
  }

  /** Nothing is wrong with the answer to this prompt. */
  clear(id: string): void {
    this.#errors.delete(id)
  }

  /** What is stored, with what is written here and is newer. */
  #all(): Message[] {
    const own = new Map(this.#options.own.all().map(({ message }) => [message.id, message]))
    const { growing } = this.#options.answers
    if (growing !== undefined) own.set(growing.id, growing)
    const stored = this.stored().map((message) => {
      const newer = own.get(message.id)
      own.delete(message.id)
      return newer ?? message
    })
    return [...stored, ...own.values()]
  }

  #toShown({ message, alternatives }: Placed): ChatMessage {
    const own = this.#options.own.get(message.id)
    const isGrowing = this.#options.answers.growing?.id === message.id
    const error = own?.error ?? this.#errors.get(message.id)
    return {
      ...message,
      status: isGrowing ? 'streaming' : (own?.status ?? 'saved'),
      ...(error === undefined ? {} : { error }),
      ...(alternatives === undefined ? {} : { alternatives }),
    }
  }
}
