import { createMessageId } from '../conversation/message-id'
import type { Message } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import type { StorageResult } from '../storage/storage-result'
import type { ChatSession, SessionFacts } from './chat-session'
import type { ConversationObserver } from './conversation-observer'
import type { ObservedSessions, ObservedStorage } from './observed-parts'
import type { OwnMessage, OwnMessages } from './own-messages'

export interface MessageSavesOptions {
  storage: ObservedStorage
  sessions: Pick<ObservedSessions, 'sendMessage'>
  session: ChatSession
  conversation: ConversationObserver
  conversationId: string
  own: OwnMessages
  onSaved(): void
  onFailed(error: unknown): void
}

/** Saves what is written here. What cannot be saved stays among the own messages, with why. */
export class MessageSaves {
  readonly #options: MessageSavesOptions
  #editing: Promise<unknown> = Promise.resolve()

  constructor(options: MessageSavesOptions) {
    this.#options = options
  }

  /** Whether it is saved. */
  append(message: Message, facts: SessionFacts): Promise<boolean> {
    const { own, session, sessions } = this.#options
    own.saving(message)
    return this.#attempt(message.id, async () => {
      const { id } = await session.open(facts)
      return sessions.sendMessage(id, message)
    })
  }

  /** After the edits before: each is decided on what the one before it said. */
  edit(before: Message, content: Message['content']): Promise<unknown> {
    const { own } = this.#options
    const edited = { ...before, content, editedAt: Date.now() }
    own.saving(edited, true)
    this.#editing = this.#editing.then(() => {
      const { message } = own.get(edited.id) ?? { message: edited }
      own.saving(message, true)
      return this.#attempt(edited.id, () => this.#editUnlessEdited(before, content))
    })
    return this.#editing
  }

  remove(messageId: string): Promise<boolean> {
    const { storage, conversationId } = this.#options
    return this.#attempt(messageId, () => storage.deleteMessage(conversationId, messageId))
  }

  /** Gives the id that the message has from now on. */
  async resend(own: OwnMessage, facts: SessionFacts): Promise<string> {
    const parked = await this.#options.own.parked(own.message.id)
    if (own.isEdit) return this.#editAgain(own, parked)
    // A copy of this device may still hold what was put aside: under its old id it would count as saved.
    const message = parked.length === 0 ? own.message : { ...own.message, id: createMessageId() }
    this.#options.own.replace(own, message)
    if (await this.append(message, facts)) await this.#options.own.drop(parked)
    return message.id
  }

  async #editAgain({ message }: OwnMessage, parked: readonly number[]): Promise<string> {
    const { storage, conversationId, own } = this.#options
    own.saving(message, true)
    const { id, content } = message
    if (parked.length === 0) await this.#attempt(id, () => storage.editMessage(conversationId, id, content))
    else await own.retry(parked).then(() => own.acknowledged(id))
    return id
  }

  async #editUnlessEdited(before: Message, content: Message['content']): Promise<StorageResult> {
    const { storage, conversation, conversationId } = this.#options
    const said = JSON.stringify(before.content)
    const isOther = ({ id, content }: Message) => id === before.id && JSON.stringify(content) !== said
    for (let expectedVersion = conversation.getSnapshot().conversation?.version ?? 0; ; ) {
      try {
        return await storage.editMessage(conversationId, before.id, content, { expectedVersion })
      } catch (error) {
        if (!(error instanceof VersionConflictError) || (error.missing as Message[]).some(isOther))
          throw error
        expectedVersion = error.actualVersion
      }
    }
  }

  async #attempt(messageId: string, task: () => Promise<StorageResult>): Promise<boolean> {
    const { own, conversation, onSaved, onFailed } = this.#options
    try {
      const { version } = await task()
      onSaved()
      own.acknowledged(messageId)
      void conversation.expect(version)
      return true
    } catch (error) {
      own.failed(messageId, error)
      onFailed(error)
      return false
    }
  }
}
