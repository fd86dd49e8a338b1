import { type DagValue, digestOf } from '../conversation/codec'
import { contentDigest } from '../conversation/message-id'
import type { ConversationInput } from '../conversation/types'
import { VersionConflictError } from '../errors/conflict-errors'
import { InvalidInputError } from '../errors/input-errors'
import { type Clock, systemClock } from '../observe/clock'
import type { SaveOptions } from '../storage/save-options'
import type { StorageResult } from '../storage/storage-result'
import { type Connectivity, platformConnectivity } from './connectivity'

/** At most four writes a second of one conversation. */
const DELAY_MS = 250
const MAX_CONFLICTS = 3

/** Where to save, and how long to wait for more. */
export interface DebouncedSaveOptions {
  storage: {
    saveConversationWithVersion(conversation: ConversationInput, options: SaveOptions): Promise<StorageResult>
  }
  /** How long the first of several saves waits for later ones, in ms. @default 250 */
  delayMs?: number
  /** @default the system's */
  clock?: Clock
  /** Tells when the page is hidden. @default that of the page */
  connectivity?: Connectivity
}

/** What came of a save: its own content is stored, or that of a later one. */
export interface DebouncedOutcome {
  status: 'saved' | 'superseded'
  result: StorageResult
  /** Whether somebody else had written meanwhile: what is stored holds both. */
  merged: boolean
}

interface Caller {
  conversation: ConversationInput
  resolve(outcome: DebouncedOutcome): void
  reject(error: unknown): void
}

interface Line {
  waiting: Caller[]
  cancel: (() => void) | undefined
  running: Promise<void>
  /** The version that the last save made. */
  version: number | undefined
}

/**
 * Saves whole conversations as they grow: of several that come within a moment the latest is written, and all
 * of them settle with it. One that is hidden or closed is written at once. A conflict is united with what is
 * stored, a few times; then it is the caller's, as `VersionConflictError`. Nothing is ever overwritten.
 */
export class DebouncedSave {
  readonly #options: DebouncedSaveOptions
  readonly #lines = new Map<string, Line>()
  readonly #stopListening: () => void

  constructor(options: DebouncedSaveOptions) {
    this.#options = options
    this.#stopListening = (options.connectivity ?? platformConnectivity).listen((event) => {
      if (event === 'hide' || event === 'freeze') this.flush()
    })
  }

  /**
   * Saves `conversation` soon. Its messages have ids: the same text again is another message only by its id.
   * @throws InvalidInputError, VersionConflictError, and as `saveConversationWithVersion`
   */
  save(conversation: ConversationInput): Promise<DebouncedOutcome> {
    const line = this.#lines.get(conversation.id) ?? this.#open(conversation.id)
    return new Promise((resolve, reject) => {
      line.waiting.push({ conversation, resolve, reject })
      const { clock = systemClock, delayMs = DELAY_MS } = this.#options
      line.cancel ??= clock.after(delayMs, () => this.#start(line))
    })
  }

  /** Writes what waits, at once. Resolves when it is settled, well or not. */
  async flush(): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => this.#start(line)))
  }

  /** {@link flush}, for the last time. */
  async close(): Promise<void> {
    this.#stopListening()
    await this.flush()
    this.#lines.clear()
  }

  #open(id: string): Line {
    const line = { waiting: [], cancel: undefined, running: Promise.resolve(), version: undefined }
    this.#lines.set(id, line)
    return line
  }

  #start(line: Line): Promise<void> {
    line.cancel?.()
    line.cancel = undefined
    line.running = line.running.then(() => this.#write(line))
    return line.running
  }

  async #write(line: Line): Promise<void> {
    const callers = line.waiting.splice(0)
    const latest = callers.at(-1)
    if (latest === undefined) return
    try {
      const { result, merged } = await this.#saveOrUnite(latest.conversation, line)
      line.version = result.version
      for (const caller of callers) {
        caller.resolve({ status: caller === latest ? 'saved' : 'superseded', result, merged })
      }
    } catch (error) {
      for (const { reject } of callers) reject(error)
    }
  }

  /**
   * What is stored is never loaded here: the copy is compared with what this client last saw, so that an old
   * part of it reverts nobody's edit.
   */
  async #saveOrUnite(
    conversation: ConversationInput,
    line: Line,
  ): Promise<{ result: StorageResult; merged: boolean }> {
    let version = Math.max(line.version ?? 0, conversation.version ?? 0)
    for (let conflicts = 0; ; conflicts += 1) {
      const idempotencyKey = keyOf(conversation, version)
      const condition = version === 0 ? {} : { expectedVersion: version }
      try {
        const options = { ...condition, idempotencyKey }
        const result = await this.#options.storage.saveConversationWithVersion(conversation, options)
        return { result, merged: conflicts > 0 || result.merged }
      } catch (error) {
        if (!(error instanceof VersionConflictError) || conflicts === MAX_CONFLICTS) throw error
        version = error.actualVersion
      }
    }
  }
}

/** The same for the same state of a conversation on the same base, wherever and whenever it is saved. */
function keyOf({ id, title, metadata = {}, messages }: ConversationInput, version: number): string {
  const named = messages.map((message, i) => {
    if (message.id === undefined) throw new InvalidInputError(`messages[${i}].id`, 'must be given')
    return [message.id, contentDigest(message)]
  })
  return digestOf(['chat', id, version, title ?? null, metadata as DagValue, named])
}
