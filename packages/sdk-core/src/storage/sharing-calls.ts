import { parseId } from '../conversation/message'
import { UnsupportedError } from '../errors/input-errors'
import type { ConversationStore, OpenedShare, SharedList, StoreSharing } from './conversation-store'
import { withDeadline } from './deadline'
import { eitherSignal } from './either-signal'
import { parseReadOptions, READ_DEADLINE_MS, type ReadOptions, signalOf } from './load-options'
import { retryWithBackoff } from './retry'
import { parseShareOptions, type ShareOptions } from './share-options'

const MAX_RETRIES = 3

export interface SharingCallsOptions {
  store: Pick<ConversationStore, 'sharing'>
  /** Runs a task between the saves of one conversation. */
  withLock<T>(conversationId: string, task: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** How calls about shares reach a store: checked, between the saves of their conversation, and repeated where that helps. */
export class SharingCalls {
  readonly #options: SharingCallsOptions

  constructor(options: SharingCallsOptions) {
    this.#options = options
  }

  address(options: ReadOptions): Promise<string> {
    return this.#sharing().address(signalOf(options))
  }

  async share(conversationId: string, options: ShareOptions): Promise<string> {
    const id = parseId(conversationId, 'conversationId')
    const { to, write, ...reading } = parseShareOptions(options)
    const sharing = this.#sharing()
    await sharing.address(signalOf(reading))
    return this.#inTurn(id, reading.signal, (either) => sharing.share(id, to, write, either))
  }

  async open(capability: string, options: ReadOptions): Promise<OpenedShare> {
    const { signal } = parseReadOptions(options)
    const sharing = this.#sharing()
    return withDeadline(READ_DEADLINE_MS, signal, (either) =>
      retryWithBackoff(() => sharing.open(capability, either), { maxRetries: MAX_RETRIES, signal: either }),
    )
  }

  async revoke(conversationId: string, options: Omit<ShareOptions, 'write'>): Promise<void> {
    const id = parseId(conversationId, 'conversationId')
    const { to, signal } = parseShareOptions(options, ['to', 'signal'])
    const sharing = this.#sharing()
    await this.#inTurn(id, signal, (either) => sharing.revoke(id, to, either))
  }

  async list(options: ReadOptions): Promise<SharedList> {
    const { signal } = parseReadOptions(options)
    return withDeadline(READ_DEADLINE_MS, signal, (either) => this.#sharing().list(either))
  }

  #sharing(): StoreSharing {
    const { sharing } = this.#options.store
    if (sharing === undefined) throw new UnsupportedError('this store shares nothing')
    return sharing
  }

  /** Safe for what can be repeated. */
  #inTurn<T>(
    conversationId: string,
    signal: AbortSignal | undefined,
    task: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#options.withLock(conversationId, (held) => {
      const either = eitherSignal(held, signal)
      return retryWithBackoff(() => task(either), { maxRetries: MAX_RETRIES, signal: either })
    })
  }
}
