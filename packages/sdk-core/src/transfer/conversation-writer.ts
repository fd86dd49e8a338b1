import { parseConversation } from '../conversation/conversation-input'
import { parseMessage } from '../conversation/message'
import { deriveMessageId } from '../conversation/message-id'
import type { Conversation, JsonValue, MessageInput } from '../conversation/types'
import { InvalidInputError } from '../errors/input-errors'
import type { ReadOptions } from '../storage/load-options'
import type { ImportTally } from './import-report'
import type { SourceConversation } from './source'
import type { Committed, ImportTarget } from './transfer-target'

/** A commit takes so many messages, unless they are larger than so many characters of JSON. */
const BATCH_MESSAGES = 500
const BATCH_LENGTH = 2 * 1024 * 1024

type Fields = Pick<Conversation, 'id' | 'metadata'> & Partial<Pick<Conversation, 'title' | 'createdAt'>>
type IdentifiedMessage = MessageInput & { id: string }

/**
 * Writes one conversation as its messages come in. Adds what is missing, in the order of the file; what is stored
 * already stays as it is.
 */
export class ConversationWriter {
  readonly #target: ImportTarget
  readonly #tally: ImportTally
  readonly #options: ReadOptions
  readonly #fields: Fields
  readonly #given = new Set<string>()
  #batch: IdentifiedMessage[] = []
  #batchLength = 0
  /** What was stored before; `undefined` until it was looked up. */
  #stored: { ids: ReadonlySet<string>; fields: Fields | undefined } | undefined
  /**
   * The version up to which nobody else wrote to the conversation; `undefined` where it was there before: its
   * deleted messages are not known.
   */
  #ownVersion: number | undefined
  #hasWritten = false

  /** @throws InvalidInputError */
  constructor(target: ImportTarget, source: SourceConversation, tally: ImportTally, options: ReadOptions) {
    this.#target = target
    this.#tally = tally
    this.#options = options
    this.#fields = readFields(source)
  }

  get id(): string {
    return this.#fields.id
  }

  /**
   * Takes the next message; writes when there are enough for a commit.
   * @param length of its JSON
   * @throws InvalidInputError
   */
  async add(input: unknown, length: number): Promise<void> {
    const position = this.#given.size
    const draft = parseMessage(input, `messages[${position}]`)
    const message = { ...draft, id: draft.id ?? deriveMessageId(this.id, position, draft) }
    if (this.#given.has(message.id)) {
      throw new InvalidInputError(`messages[${position}].id`, `two messages have the id ${message.id}`)
    }
    this.#given.add(message.id)
    this.#batch.push(message)
    this.#batchLength += length
    if (this.#batch.length >= BATCH_MESSAGES || this.#batchLength >= BATCH_LENGTH) await this.#flush()
  }

  /** Writes what is left, and the fields of `source` that the conversation lacks. */
  async finish(source: SourceConversation): Promise<void> {
    const fields = readFields(source)
    await this.#flush()
    const missing = missingFields(fields, this.#stored?.fields ?? this.#fields)
    if (missing === undefined) return
    await this.#target.setFields(this.id, missing, this.#options)
    this.#count(0)
  }

  /** Writes what came before a fault, if there is anything. */
  async giveUp(): Promise<void> {
    if (this.#batch.length > 0) await this.#flush()
  }

  async #flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#batchLength = 0
    this.#stored ??= await this.#lookUp()
    const { ids, fields } = this.#stored
    const missing = batch.filter(({ id }) => !ids.has(id))
    const isNew = fields === undefined && !this.#hasWritten
    const added = isNew || missing.length > 0 ? await this.#write(missing, isNew) : 0
    this.#tally.report.skipped += batch.length - added
    if (isNew || added > 0) this.#count(added)
  }

  /** How many messages were added: all but those that were deleted here. */
  async #write(messages: IdentifiedMessage[], isNew: boolean): Promise<number> {
    const { version, ignored = [] } = await this.#commit(messages, isNew)
    // A version that does not follow upon the last one has another writer's before it.
    if (this.#ownVersion !== undefined && version === this.#ownVersion + 1) this.#ownVersion = version
    return messages.length - ignored.length
  }

  #commit(messages: IdentifiedMessage[], isNew: boolean): Promise<Committed> {
    return isNew
      ? this.#target.create({ ...this.#fields, messages }, this.#options)
      : this.#target.append(this.id, messages, this.#ownVersion, this.#options)
  }

  async #lookUp() {
    const stored = await this.#target.load(this.id, this.#options)
    if (stored === undefined) this.#ownVersion = 0
    return { ids: new Set(stored?.messages.map(({ id }) => id)), fields: stored && fieldsOf(stored) }
  }

  #count(messages: number): void {
    const { report } = this.#tally
    if (!this.#hasWritten) report.conversations += 1
    this.#hasWritten = true
    report.messages += messages
  }
}

function readFields(source: SourceConversation): Fields {
  return fieldsOf(parseConversation({ ...source, messages: [] }, 0))
}

function fieldsOf({ id, title, metadata, createdAt }: Fields): Fields {
  return {
    id,
    metadata,
    ...(title === undefined ? {} : { title }),
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

/** What `known` has no value of; `undefined` if there is nothing. */
function missingFields(fields: Fields, known: Fields) {
  const entries = Object.entries(fields.metadata).filter(([name]) => !Object.hasOwn(known.metadata, name))
  const isTitleMissing = fields.title !== undefined && known.title === undefined
  if (entries.length === 0 && !isTitleMissing) return undefined
  const metadata: Record<string, JsonValue> = Object.fromEntries(entries)
  return { metadata, ...(isTitleMissing && fields.title !== undefined ? { title: fields.title } : {}) }
}
