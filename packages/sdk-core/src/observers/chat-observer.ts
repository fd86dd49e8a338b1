import { createMessageId } from '../conversation/message-id'
import type { Conversation, Message } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { StaleSessionError } from '../errors/session-errors'
import type { StorageResult } from '../storage/storage-result'
import { type AnswerEnd, type AnswerOptions, ChatAnswers } from './chat-answers'
import { ChatSession, type SessionFacts } from './chat-session'
import {
  type ChatConflict,
  type ChatMessage,
  type ChatSnapshot,
  emptyChat,
  promptOf,
  reuseShown,
  unansweredPrompt,
} from './chat-snapshot'
import { type Placed, threadOf } from './chat-thread'
import { ConversationObserver } from './conversation-observer'
import type { OnFrame } from './frame'
import { Observed } from './observed'
import type { ObservedSessions, ObservedStorage } from './observed-parts'
import { type OwnMessage, OwnMessages, type SaveStatuses } from './own-messages'
import type { StaleSessions, StaleSource } from './stale-sessions'

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

/** What was shown when another session took over. */
interface Overtaken {
  localVersion: number
  remoteVersion: number
  seen: readonly string[]
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
  readonly #answers: ChatAnswers
  readonly #errors = new Map<string, unknown>()
  /** Prompts whose answers did not come, or not to their end. */
  readonly #unanswered = new Set<string>()
  readonly #chosenByParent = new Map<string, string>()
  #stopListening = () => {}
  #editing: Promise<void> = Promise.resolve()
  #underWay = 0
  #draft = ''
  #error: unknown
  /** What was stored when it was last read and the session was not stale. */
  #fresh: Conversation | undefined
  #overtaken: Overtaken | undefined
  #isDismissed = false

  constructor(options: ChatObserverOptions) {
    super(emptyChat(options.conversationId), options.onFrame)
    const { storage, sessions, outbox, conversationId } = options
    const onChange = () => this.#tell()
    this.#options = options
    this.#conversation = new ConversationObserver({ storage, conversationId, onFrame: (task) => task() })
    this.#session = new ChatSession(sessions, conversationId)
    this.#own = new OwnMessages({ conversationId, outbox, onChange })
    this.#answers = new ChatAnswers({ sessions, session: this.#session, onChange })
  }

  get conversationId(): string {
    return this.#options.conversationId
  }

  get draft(): string {
    return this.#draft
  }

  get conflict(): ChatConflict | null {
    if (this.#overtaken === undefined) return null
    const { localVersion, remoteVersion, seen } = this.#overtaken
    const known = new Set(seen)
    const missing = this.#stored().filter(({ id }) => !known.has(id) && this.#own.get(id) === undefined)
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
    if (this.#overtaken !== undefined) await this.refresh()
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
    const { parentId } = this.#find(answerId) ?? {}
    if (parentId === undefined) return
    this.#chosenByParent.set(parentId, answerId)
    this.#tell()
  }

  /** Puts another text into a message, unless somebody else has done so meanwhile: then it is a conflict. */
  async edit(messageId: string, content: Message['content']): Promise<void> {
    const message = this.#find(messageId)
    if (message === undefined) return
    const edited = { ...message, content, editedAt: Date.now() }
    this.#own.saving(edited, true)
    this.#editing = this.#editing.then(() => this.#saveEdit(message, edited))
    await this.#track(this.#editing)
  }

  /** Takes a message away for good; one that could not be saved is given up. */
  async remove(messageId: string): Promise<void> {
    const own = this.#own.get(messageId)
    if (own?.status === 'failed' && !own.isEdit) return this.discard(messageId)
    const { storage, conversationId } = this.#options
    await this.#attempt(messageId, () => storage.deleteMessage(conversationId, messageId))
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
          this.#overtaken = undefined
          this.#isDismissed = false
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
    const parentId = this.#overtaken?.seen.at(-1)
    for (const own of this.#own.unsaved()) this.#own.replace(own, toBranch(own, parentId))
    await this.mergeMine()
  }

  /** Tells nobody of the conflict any more. The next save is refused again. */
  clearConflict(): void {
    this.#overtaken = undefined
    this.#isDismissed = true
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
    const shown = threadOf(this.#all(), this.#chosenByParent).map((placed) => this.#toShown(placed))
    return {
      conversationId: this.conversationId,
      status,
      ...(title === undefined ? {} : { title }),
      messages: reuseShown(messages, shown),
      isStreaming: this.#answers.isStreaming,
      conflict: this.conflict,
      draft: this.#draft,
      ...(error === undefined ? {} : { error }),
    }
  }

  #post(content: Message['content'], options: SendOptions) {
    const message: Message = { id: createMessageId(), role: 'user', content, createdAt: Date.now() }
    const saved = this.#append(message, options)
    const { generate } = options
    const answered = generate && this.#answer(message, saved, { ...options, generate })
    return { message, saved, answered }
  }

  #append(message: Message, facts: SessionFacts): Promise<boolean> {
    this.#own.saving(message)
    return this.#attempt(message.id, async () => {
      const { id } = await this.#session.open(facts)
      return this.#options.sessions.sendMessage(id, message)
    })
  }

  /** Whether `task` saved it. */
  #attempt(messageId: string, task: () => Promise<StorageResult>): Promise<boolean> {
    const attempt = async () => {
      try {
        const { version } = await task()
        this.#error = undefined
        this.#own.acknowledged(messageId)
        void this.#conversation.expect(version)
        return true
      } catch (error) {
        this.#own.failed(messageId, error)
        this.#meet(error)
        return false
      }
    }
    return this.#track(attempt())
  }

  /** After the edits before: each is decided on what the one before it said. */
  async #saveEdit(before: Message, edited: Message): Promise<void> {
    const { message } = this.#own.get(edited.id) ?? { message: edited }
    this.#own.saving(message, true)
    await this.#attempt(edited.id, () => this.#editUnlessEdited(before, edited.content))
  }

  async #editUnlessEdited(before: Message, content: Message['content']): Promise<StorageResult> {
    const { storage, conversationId } = this.#options
    const said = JSON.stringify(before.content)
    const isOther = ({ id, content }: Message) => id === before.id && JSON.stringify(content) !== said
    for (let expectedVersion = this.#conversation.getSnapshot().conversation?.version ?? 0; ; ) {
      try {
        return await storage.editMessage(conversationId, before.id, content, { expectedVersion })
      } catch (error) {
        if (!(error instanceof VersionConflictError) || (error.missing as Message[]).some(isOther))
          throw error
        expectedVersion = error.actualVersion
      }
    }
  }

  async #resendAll(facts: SessionFacts): Promise<void> {
    await Promise.all(this.#own.unsaved().map((own) => this.#resend(own, facts)))
  }

  async #resend(own: OwnMessage, facts: SessionFacts): Promise<void> {
    const parked = await this.#own.parked(own.message.id)
    if (own.isEdit) return this.#editAgain(own, parked)
    // A copy of this device may still hold what was put aside: under its old id it would count as saved.
    const message = parked.length === 0 ? own.message : { ...own.message, id: createMessageId() }
    this.#own.replace(own, message)
    if (this.#unanswered.delete(own.message.id)) this.#unanswered.add(message.id)
    if (await this.#append(message, facts)) await this.#own.drop(parked)
  }

  async #editAgain({ message }: OwnMessage, parked: readonly number[]): Promise<void> {
    const { storage, conversationId } = this.#options
    this.#own.saving(message, true)
    const { id, content } = message
    if (parked.length === 0) await this.#attempt(id, () => storage.editMessage(conversationId, id, content))
    else await this.#own.retry(parked).then(() => this.#own.acknowledged(id))
  }

  async #answerAgain(promptId: string, options: AnswerOptions): Promise<void> {
    const prompt = this.#find(promptId)
    if (prompt === undefined) return
    this.#chosenByParent.delete(promptId)
    await this.#answer(prompt, Promise.resolve(this.#own.get(promptId)?.status !== 'failed'), options)
  }

  /** Gives back what was shown of the answer, if it was anything. */
  async #answer(
    prompt: Message,
    isPromptSaved: Promise<boolean>,
    options: AnswerOptions,
  ): Promise<Message | undefined> {
    this.#unanswered.add(prompt.id)
    this.#errors.delete(prompt.id)
    const end = await this.#track(this.#answers.ask(prompt, isPromptSaved, options))
    if (end === undefined) return undefined
    if (end.result !== undefined) this.#unanswered.delete(prompt.id)
    if (end.error !== undefined) this.#meet(end.error)
    return this.#keepAnswer(prompt, end)
  }

  #keepAnswer(prompt: Message, { message, isSaved, error }: AnswerEnd): Message | undefined {
    const isShown = message.content !== ''
    if (error !== undefined) this.#errors.set(isShown ? message.id : prompt.id, error)
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
      if (!this.#isDismissed && this.#session.isOvertaken(conversation)) this.#overtake(conversation.version)
      if (this.#overtaken === undefined) this.#fresh = conversation
    }
    this.#tell()
  }

  #meet(error: unknown): void {
    this.#error = error
    if (error instanceof StaleSessionError) this.#overtake(error.remoteVersion)
    if (error instanceof VersionConflictError) this.#overtake(error.actualVersion)
    if (this.#overtaken !== undefined) void this.#conversation.reload()
    this.#tell()
  }

  #overtake(remoteVersion: number): void {
    if (this.#overtaken !== undefined) return
    const { version = 0, messages = [] } = this.#fresh ?? {}
    this.#overtaken = { localVersion: version, remoteVersion, seen: messages.map(({ id }) => id) }
    this.#answers.stop()
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

  #stored(): readonly Message[] {
    return this.#conversation.getSnapshot().conversation?.messages ?? []
  }

  /** What is stored, with what is written here and is newer. */
  #all(): Message[] {
    const own = new Map(this.#own.all().map(({ message }) => [message.id, message]))
    const { growing } = this.#answers
    if (growing !== undefined) own.set(growing.id, growing)
    const stored = this.#stored().map((message) => {
      const newer = own.get(message.id)
      own.delete(message.id)
      return newer ?? message
    })
    return [...stored, ...own.values()]
  }

  #find(id: string): Message | undefined {
    return this.#all().find((message) => message.id === id)
  }

  #shown(message: Message): ChatMessage {
    return this.getSnapshot().messages.find(({ id }) => id === message.id) ?? this.#toShown({ message })
  }

  #toShown({ message, alternatives }: Placed): ChatMessage {
    const own = this.#own.get(message.id)
    const isGrowing = this.#answers.growing?.id === message.id
    const error = own?.error ?? this.#errors.get(message.id)
    return {
      ...message,
      status: isGrowing ? 'streaming' : (own?.status ?? 'saved'),
      ...(error === undefined ? {} : { error }),
      ...(alternatives === undefined ? {} : { alternatives }),
    }
  }
}

function toBranch({ message, isEdit }: OwnMessage, parentId: string | undefined): Message {
  if (isEdit) return { ...message, id: createMessageId(), parentId: message.id }
  return { ...message, ...(message.parentId === undefined && parentId !== undefined ? { parentId } : {}) }
}
