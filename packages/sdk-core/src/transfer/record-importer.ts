import { type DagValue, digestOf } from '../conversation/codec'
import { isPlainObject } from '../conversation/json-value'
import { InvalidInputError } from '../errors/input-errors'
import type { ReadOptions } from '../storage/load-options'
import { readChatGptRecord } from './chatgpt'
import { ConversationWriter } from './conversation-writer'
import type { ImportTally } from './import-report'
import { readOwnMessage, readOwnRecord } from './own-json'
import type { RecordPlace, Scanned } from './record-scanner'
import { readShareGptRecord } from './sharegpt'
import type { SourceConversation } from './source'
import type { ImportTarget } from './transfer-target'

/** How a file may say conversations. */
export type ImportFormat = 's5-conversations' | 'chatgpt' | 'sharegpt'

/** So many conversations are finished at once: their entries in the list of conversations share commits. */
const FINISHED_AT_ONCE = 8
/** Messages whose conversation is not named yet are held up to so many characters of JSON. */
const MAX_HELD_LENGTH = 32 * 1024 * 1024

/** The record that is under way. */
interface OpenRecord {
  place: RecordPlace
  writer?: ConversationWriter
  held: unknown[]
  heldLength: number
  isBroken: boolean
}

export interface RecordImporterOptions {
  target: ImportTarget
  tally: ImportTally
  format: ImportFormat | undefined
  read: ReadOptions
}

/** Writes the conversations that a scanner finds. A record that is broken ends alone. */
export class RecordImporter {
  readonly #options: RecordImporterOptions
  readonly #finishing = new Map<string, Promise<void>>()
  #open: OpenRecord | undefined
  /** Why the import cannot go on. */
  #fault: { error: unknown } | undefined

  constructor(options: RecordImporterOptions) {
    this.#options = options
  }

  /** @throws what is not the fault of a record: the store cannot be reached, the signal was aborted */
  async take(piece: Scanned): Promise<void> {
    this.#throwFault()
    const open = this.#openFor(piece)
    if (open.isBroken) return
    try {
      await this.#takePiece(open, piece)
    } catch (error) {
      open.isBroken = true
      this.#options.tally.fail(open.place, open.writer?.id, error)
      const { writer } = open
      if (writer !== undefined) await this.#finishLater(open.place, writer, () => writer.giveUp())
    }
  }

  /** Waits for all that is being written. @throws as {@link take} */
  async finish(): Promise<void> {
    await Promise.all(this.#finishing.values())
    this.#throwFault()
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.error
  }

  #openFor({ place }: Scanned): OpenRecord {
    if (this.#open?.place.index !== place.index) {
      this.#open = { place, held: [], heldLength: 0, isBroken: false }
    }
    return this.#open
  }

  async #takePiece(open: OpenRecord, { kind, text }: Scanned): Promise<void> {
    if (kind === 'broken') throw new InvalidInputError('record', text)
    const value = parseJson(text)
    if (kind === 'head') await this.#takeHead(open, value)
    else if (kind === 'message') await this.#takeMessage(open, readOwnMessage(value), text.length)
    else await this.#takeRecord(open, value)
  }

  /** A conversation whose id is known can be written while its messages come in. */
  async #takeHead(open: OpenRecord, head: unknown): Promise<void> {
    if (!isPlainObject(head) || head.id === undefined || this.#formatOf(head) !== 's5-conversations') return
    open.writer = await this.#startWriter(readOwnRecord(head))
  }

  async #takeMessage(open: OpenRecord, message: unknown, length: number): Promise<void> {
    if (open.writer !== undefined) return open.writer.add(message, length)
    open.heldLength += length
    if (open.heldLength > MAX_HELD_LENGTH) {
      throw new InvalidInputError('id', 'must come before the messages where they are so large')
    }
    open.held.push(message)
  }

  async #takeRecord(open: OpenRecord, record: unknown): Promise<void> {
    if (!isPlainObject(record)) throw new InvalidInputError('record', 'is no conversation')
    const source = this.#read(record, open.held)
    if (open.writer === undefined) {
      open.writer = await this.#startWriter(source)
      for (const message of source.messages) await open.writer.add(message, JSON.stringify(message).length)
    }
    const { place, writer } = open
    await this.#finishLater(place, writer, () => writer.finish(source))
  }

  #read(record: Record<string, unknown>, held: readonly unknown[]): SourceConversation {
    const format = this.#formatOf(record)
    if (format === 'chatgpt') return readChatGptRecord(record)
    if (format === 'sharegpt') return readShareGptRecord(record)
    const { messages: _, id, ...fields } = readOwnRecord(record)
    return { id: id ?? digestOf(held as DagValue), ...fields, messages: held }
  }

  #formatOf(record: Record<string, unknown>): ImportFormat {
    if (this.#options.format !== undefined) return this.#options.format
    if (isPlainObject(record.mapping)) return 'chatgpt'
    if (Array.isArray(record.conversations)) return 'sharegpt'
    if (Array.isArray(record.messages)) return 's5-conversations'
    throw new InvalidInputError('record', 'has neither messages nor mapping nor conversations')
  }

  async #startWriter(source: SourceConversation): Promise<ConversationWriter> {
    const { target, tally, read } = this.#options
    const writer = new ConversationWriter(target, source, tally, read)
    await this.#finishing.get(writer.id)
    return writer
  }

  async #finishLater(
    place: RecordPlace,
    { id }: ConversationWriter,
    task: () => Promise<void>,
  ): Promise<void> {
    if (this.#finishing.size >= FINISHED_AT_ONCE) await Promise.race(this.#finishing.values())
    const finished = task()
      .catch((error: unknown) => this.#options.tally.fail(place, id, error))
      .catch((error: unknown) => {
        this.#fault ??= { error }
      })
      .finally(() => this.#finishing.delete(id))
    this.#finishing.set(id, finished)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says quotes the text.
    throw new InvalidInputError('record', 'is not valid JSON')
  }
}
