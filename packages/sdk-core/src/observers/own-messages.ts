import type { Message } from '../conversation/types'
import type { SaveStatus } from '../local/sync-status'

/** A message that was written here and is not known to be on the network. */
export interface OwnMessage {
  message: Message
  status: 'saving' | SaveStatus
  error?: unknown
  /** It is another text for a message that is stored. */
  isEdit: boolean
}

/** What is needed of the outbox of this device. */
export interface SaveStatuses {
  subscribe(listener: () => void): () => void
  statusOf(conversationId: string, messageId: string): Promise<SaveStatus | undefined>
  listFailed(): Promise<ParkedCommit[]>
  retry(id: number): Promise<void>
  discard(id: number): Promise<void>
}

interface ParkedCommit {
  id: number
  conversationId: string
  messageIds: readonly string[]
}

export interface OwnMessagesOptions {
  conversationId: string
  /** Left out: what is acknowledged is saved. */
  outbox: SaveStatuses | undefined
  onChange(): void
}

/** What was written here, until it is on the network: nothing of it is forgotten because saving it failed. */
export class OwnMessages {
  readonly #options: OwnMessagesOptions
  readonly #byId = new Map<string, OwnMessage>()
  #stop = () => {}
  #checking: Promise<void> | undefined
  #isCheckDue = false

  constructor(options: OwnMessagesOptions) {
    this.#options = options
  }

  start(): void {
    this.#stop = this.#options.outbox?.subscribe(() => this.#check()) ?? (() => {})
  }

  close(): void {
    this.#stop()
  }

  get(id: string): OwnMessage | undefined {
    return this.#byId.get(id)
  }

  all(): OwnMessage[] {
    return [...this.#byId.values()]
  }

  unsaved(): OwnMessage[] {
    return this.all().filter(({ status }) => status === 'failed')
  }

  saving(message: Message, isEdit = false): void {
    this.#put({ message, status: 'saving', isEdit })
  }

  failed(id: string, error: unknown): void {
    const own = this.#byId.get(id)
    if (own !== undefined) this.#put({ ...own, status: 'failed', error })
  }

  /** It is acknowledged: by the network, or by this device, whose outbox says the rest. */
  acknowledged(id: string): void {
    const own = this.#byId.get(id)
    if (own === undefined) return
    const { message, isEdit } = own
    const { outbox } = this.#options
    this.#put({ message, isEdit, status: outbox === undefined ? 'saved' : 'saved locally' })
    if (outbox !== undefined) this.#check()
  }

  /** Puts a new message in the place of what could not be saved. */
  replace({ message: { id }, error }: OwnMessage, message: Message): void {
    this.#byId.delete(id)
    this.#put({ message, status: 'failed', error, isEdit: false })
  }

  delete(id: string): void {
    if (this.#byId.delete(id)) this.#options.onChange()
  }

  /** What is stored shows for itself, unless it is older. */
  settle(stored: readonly Message[]): void {
    for (const message of stored) {
      const own = this.#byId.get(message.id)
      if (own?.status === 'saved' && timeOf(own.message) <= timeOf(message)) this.#byId.delete(message.id)
    }
  }

  /** The commits with a message that the outbox has put aside. */
  async parked(id: string): Promise<number[]> {
    const { outbox, conversationId } = this.#options
    const isOf = (failed: ParkedCommit) =>
      failed.conversationId === conversationId && failed.messageIds.includes(id)
    return ((await outbox?.listFailed()) ?? []).filter(isOf).map((failed) => failed.id)
  }

  /** Has what was put aside sent again. */
  async retry(parked: readonly number[]): Promise<void> {
    await Promise.all(parked.map((id) => this.#options.outbox?.retry(id)))
  }

  /** Gives up what was put aside: it is saved in another way, or not wanted. */
  async drop(parked: readonly number[]): Promise<void> {
    await Promise.all(parked.map((id) => this.#options.outbox?.discard(id)))
  }

  #put(own: OwnMessage): void {
    this.#byId.set(own.message.id, own)
    this.#options.onChange()
  }

  #check(): void {
    this.#isCheckDue = true
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = undefined
    })
  }

  async #checkAll(): Promise<void> {
    while (this.#isCheckDue) {
      this.#isCheckDue = false
      const onTheWay = this.all().filter(({ status }) => status === 'saved locally' || status === 'syncing')
      for (const own of onTheWay) await this.#checkOne(own)
    }
  }

  async #checkOne(own: OwnMessage): Promise<void> {
    const { outbox, conversationId } = this.#options
    const { id } = own.message
    const status = await outbox?.statusOf(conversationId, id).catch(() => undefined)
    if (status === undefined || status === own.status || this.#byId.get(id) !== own) return
    this.#put({ ...own, status })
  }
}

function timeOf({ createdAt, editedAt }: Message): number {
  return editedAt ?? createdAt
}
