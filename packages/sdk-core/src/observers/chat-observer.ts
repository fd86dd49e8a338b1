import { createMessageId } from '../conversation/message-id'
import type { Message } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { StaleSessionError } from '../errors/session-errors'
import { type AnswerEnd, type AnswerOptions, ChatAnswers } from './chat-answers'
import { ChatMessages } from './chat-messages'
import { ChatSession, type SessionFacts } from './chat-session'
import {
  type ChatConflict,
  type ChatMessage,
  type ChatSnapshot,
  emptyChat,
  promptOf,
  unansweredPrompt,
} from './chat-snapshot'
import { ConversationObserver } from './conversation-observer'
import type { OnFrame } from './frame'
import { MessageSaves } from './message-saves'
import { Observed } from './observed'
import type { ObservedSessions, ObservedStorage } from './observed-parts'
import { type OwnMessage, OwnMessages, type SaveStatuses } from './own-messages'
import type { StaleSessions, StaleSource } from './stale-sessions'
import { Takeover } from './takeover'

/** How a text is sent: with `generate` it is answered. */
export type SendOptions = SessionFacts & Partial<AnswerOptions>

export interface ChatObserverOptions {
  storage: ObservedStorage
  sessions: ObservedSessions
  outbox: SaveStatuses | undefined
  staleSessions: StaleSessions
  conversationId: string
  onFrame?: OnFrame
}

/**
 * One conversation as a chat. No method rejects: what went wrong stands at its message and in the snapshot, and
 * nothing that was written is forgotten before it is saved.
 */
export class ChatObserver extends Observed<ChatSnapshot> implements StaleSource {
  readonly #options: ChatObserverOptions
  readonly #conversation: ConversationObserver
  readonly #session: ChatSession
  readonly #own: OwnMessages
  readonly #saves: MessageSaves
  readonly #answers: ChatAnswers
  readonly #messages: ChatMessages
  readonly #takeover = new Takeover()
  /** Prompts whose answers did not come, or not to their end. */
  readonly #unanswered = new Set<string>()
  #stopListening = () => {}
  #underWay = 0
  #draft = ''
  #error: unknown

  constructor(options: ChatObserverOptions) {
    super(emptyChat(options.conversationId), options.onFrame)
    const { storage, sessions, outbox, conversationId } = options
    const onChange = () => this.#tell()
    this.#options = options
    this.#conversation = new ConversationObserver({ storage, conversationId, onFrame: (task) => task() })
    this.#session = new ChatSession(sessions, conversationId)
    this.#own = new OwnMessages({ conversationId, outbox, onChange })
    this.#saves = new MessageSaves({
      ...options,
      session: this.#session,
      conversation: this.#conversation,
      own: this.#own,
      onSaved: () => {
        this.#error = undefined
      },
      onFailed: (error) => this.#meet(error),
    })
    this.#answers = new ChatAnswers({ sessions, session: this.#session, onChange })
    this.#messages = new ChatMessages({
      conversation: this.#conversation,
      own: this.#own,
      answers: this.#answers,
    })
  }

  get conversationId(): string {
    return this.#options.conversationId
  }

  get draft(): string {
    return this.#draft
  }

  get conflict(): ChatConflict | null {
    if (this.#takeover.current === undefined) return null
    const { localVersion, remoteVersion, seen } = this.#takeover.current
    const known = new Set(seen)
    const missing = this.#messages
      .stored()
      .filter(({ id }) => !known.has(id) && this.#own.get(id) === undefined)
    const unsaved = this.#own.unsaved().map(({ message }) => message)
    return { localVersion, remoteVersion, missing, unsaved }
  }

  override get isInUse(): boolean {
    const hasUnsaved = this.#draft !== '' || this.#own.unsaved().length > 0
    const isClosed = this.#conversation.getSnapshot().status === 'closed'
    return super.isInUse || this.#underWay > 0 || (hasUnsaved && !isClosed)
  }

  /** What the user is writing: it counts as unsaved work. */
  setDraft(draft: string): void {
    this.#draft = draft
    this.#tell()
  }

  /**
   * Saves a message of the user at once, whatever is under way, and has it answered in its turn. Gives it back when
   * it is saved, or is not: its `status` says which.
   */
  async send(content: Message['content'], options: SendOptions = {}): Promise<ChatMessage> {
    const { message, saved } = this.#post(content, options)
    await saved
    return this.#shown(message)
  }

  /** {@link send}, but gives back the answer when all of it is saved, or the message itself where none came. */
  async stream(content: Message['content'], options: AnswerOptions): Promise<ChatMessage> {
    const { message, answered } = this.#post(content, options)
    return this.#shown((await answered) ?? message)
  }

  /** Ends the answer that is coming, and those that wait. What was shown is saved; {@link resume} asks again. */
  stop(): void {
    this.#answers.stop()
  }

  /** Saves what could not be saved, and asks for the answers that did not come, or not to their end. */
  async resume(options: AnswerOptions): Promise<void> {
    if (this.#takeover.current !== undefined) await this.refresh()
    await this.#resendAll(options)
    const last = unansweredPrompt(this.getSnapshot().messages)
    const prompts = new Set([...this.#unanswered, ...(last === undefined ? [] : [last.id])])
    await Promise.all([...prompts].map((id) => this.#answerAgain(id, options)))
  }

  /** Asks for another answer, to the prompt or in the place of the answer with this id. The one before is kept. */
  async regenerate(messageId: string, options: AnswerOptions): Promise<void> {
    const prompt = promptOf(this.getSnapshot().messages, messageId)
    if (prompt !== undefined) await this.#answerAgain(prompt.id, options)
  }

  /** Shows this one of several answers. */
  choose(answerId: string): void {
    if (this.#messages.choose(answerId)) this.#tell()
  }

  /** Puts another text into a message, unless somebody else has done so meanwhile: then it is a conflict. */
  async edit(messageId: string, content: Message['content']): Promise<void> {
    const message = this.#messages.find(messageId)
    if (message === undefined) return
    await this.#track(this.#saves.edit(message, content))
  }

  /** Takes a message away for good; one that could not be saved is given up. */
  async remove(messageId: string): Promise<void> {
    const own = this.#own.get(messageId)
    if (own?.status === 'failed' && !own.isEdit) return this.discard(messageId)
    await this.#track(this.#saves.remove(messageId))
  }

  /** Gives up what could not be saved of a message: a new one is gone, an old one is as it is stored. */
  async discard(messageId: string): Promise<void> {
    if (this.#own.get(messageId)?.status !== 'failed') return
    this.#own.delete(messageId)
    this.#unanswered.delete(messageId)
    await this.#own.drop(await this.#own.parked(messageId))
  }

  /** Reads what is stored, and takes the conversation back where another session has it. Unsaved work stays unsaved. */
  async refresh(): Promise<void> {
    await this.#track(
      this.#session.resume().then(
        () => {
          this.#takeover.end()
          return this.#conversation.reload()
        },
        (error: unknown) => this.#meet(error),
      ),
    )
  }

  /** {@link refresh}, then saves what is unsaved after what the others have written. */
  async mergeMine(): Promise<void> {
    await this.refresh()
    await this.#resendAll({})
  }

  /** {@link refresh}, then saves what is unsaved where it was written: as a branch beside what the others wrote. */
  async keepAsBranch(): Promise<void> {
    const parentId = this.#takeover.current?.seen.at(-1)
    for (const own of this.#own.unsaved()) this.#own.replace(own, toBranch(own, parentId))
    await this.mergeMine()
  }

  /** Tells nobody of the conflict any more. The next save is refused again. */
  clearConflict(): void {
    this.#takeover.dismiss()
    this.#tell()
  }

  async close(): Promise<void> {
    this.#stopListening()
    this.#own.close()
    this.#conversation.close()
    this.clearConflict()
    // A session that is not ended is taken over by the next one all the same.
    await this.#session.end().catch(() => {})
  }

  protected start(): void {
    this.#own.start()
    this.#stopListening = this.#conversation.subscribe(() => this.#hear())
  }

  protected read({ messages }: ChatSnapshot): ChatSnapshot {
    const { status, conversation, error = this.#error } = this.#conversation.getSnapshot()
    const { title } = conversation ?? {}
    return {
      conversationId: this.conversationId,
      status,
      ...(title === undefined ? {} : { title }),
      messages: this.#messages.shown(messages),
      isStreaming: this.#answers.isStreaming,
      conflict: this.conflict,
      draft: this.#draft,
      ...(error === undefined ? {} : { error }),
    }
  }

  #post(content: Message['content'], options: SendOptions) {
    const message: Message = { id: createMessageId(), role: 'user', content, createdAt: Date.now() }
    const saved = this.#track(this.#saves.append(message, options))
    const { generate } = options
    const answered = generate && this.#answer(message, saved, { ...options, generate })
    return { message, saved, answered }
  }

  async #resendAll(facts: SessionFacts): Promise<void> {
    await Promise.all(this.#own.unsaved().map((own) => this.#resend(own, facts)))
  }

  async #resend(own: OwnMessage, facts: SessionFacts): Promise<void> {
    const isUnanswered = this.#unanswered.delete(own.message.id)
    const id = await this.#track(this.#saves.resend(own, facts))
    if (isUnanswered) this.#unanswered.add(id)
  }

  async #answerAgain(promptId: string, options: AnswerOptions): Promise<void> {
    const prompt = this.#messages.find(promptId)
    if (prompt === undefined) return
    this.#messages.chooseNewest(promptId)
    await this.#answer(prompt, Promise.resolve(this.#own.get(promptId)?.status !== 'failed'), options)
  }

  /** Gives back what was shown of the answer, if it was anything. */
  async #answer(
    prompt: Message,
    isPromptSaved: Promise<boolean>,
    options: AnswerOptions,
  ): Promise<Message | undefined> {
    this.#unanswered.add(prompt.id)
    this.#messages.clear(prompt.id)
    const end = await this.#track(this.#answers.ask(prompt, isPromptSaved, options))
    if (end === undefined) return undefined
    if (end.result !== undefined) this.#unanswered.delete(prompt.id)
    if (end.error !== undefined) this.#meet(end.error)
    return this.#keepAnswer(prompt, end)
  }

  #keepAnswer(prompt: Message, { message, isSaved, error }: AnswerEnd): Message | undefined {
    const isShown = message.content !== ''
    if (error !== undefined) this.#messages.fail(isShown ? message.id : prompt.id, error)
    if (isShown) this.#own.saving(message)
    if (isSaved) this.#own.acknowledged(message.id)
    else this.#own.failed(message.id, error)
    this.#track(this.#conversation.reload())
    return isShown ? message : undefined
  }

  #hear(): void {
    const { conversation } = this.#conversation.getSnapshot()
    if (conversation !== undefined) {
      this.#own.settle(conversation.messages)
      const isOvertaken = this.#session.isOvertaken(conversation)
      if (this.#takeover.showsIn(conversation, isOvertaken)) this.#answers.stop()
    }
    this.#tell()
  }

  #meet(error: unknown): void {
    this.#error = error
    if (error instanceof StaleSessionError) this.#overtake(error.remoteVersion)
    if (error instanceof VersionConflictError) this.#overtake(error.actualVersion)
    if (this.#takeover.current !== undefined) void this.#conversation.reload()
    this.#tell()
  }

  #overtake(remoteVersion: number): void {
    if (this.#takeover.happened(remoteVersion)) this.#answers.stop()
  }

  #tell(): void {
    this.changed()
    this.#options.staleSessions.tell(this)
  }

  async #track<T>(task: Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      return await task
    } finally {
      this.#underWay -= 1
    }
  }

  #shown(message: Message): ChatMessage {
    return this.getSnapshot().messages.find(({ id }) => id === message.id) ?? this.#messages.asShown(message)
  }
}

function toBranch({ message, isEdit }: OwnMessage, parentId: string | undefined): Message {
  if (isEdit) return { ...message, id: createMessageId(), parentId: message.id }
  return { ...message, ...(message.parentId === undefined && parentId !== undefined ? { parentId } : {}) }
}
