import type { Share } from '../../conversation/grant'
import type { CatalogNews } from '../../conversation/summary'
import { type KeyRing, keysOfGrant } from '../../crypto/keys'
import { InvalidInputError } from '../../errors/input-errors'
import type { Network } from '../network'
import type { Location } from '../place'
import { ForeignPins } from './foreign-pins'
import { isSharedId, parseEpochId } from './place-ids'

export interface WhereaboutsOptions {
  keyRing: KeyRing
  network: Network
  /** What the owner's catalog says of a conversation of somebody else. */
  findShare(id: string): Promise<Share | undefined>
  /** Asks who decides whether `epoch` is still the current one. @throws ConversationMoved, ShareRevokedError */
  confirm(id: string, epoch: number, signal: AbortSignal): Promise<void>
}

/** In which epoch each conversation is, as far as this device knows. That never goes back. */
export class Whereabouts {
  readonly #options: WhereaboutsOptions
  readonly #epochs = new Map<string, number>()
  readonly #shares = new Map<string, Share>()

  constructor(options: WhereaboutsOptions) {
    this.#options = options
  }

  /** @throws InvalidInputError for the id of a share that was not accepted */
  async locate(id: string): Promise<Location> {
    const { keyRing, network } = this.#options
    const left = parseEpochId(id)
    if (left !== undefined) return { keys: keyRing.conversationKeys(left.id, left.epoch, id), isLeft: true }
    if (isSharedId(id)) return this.#locateShare(id)
    const epoch = this.#epochs.get(id) ?? 0
    const keys = keyRing.conversationKeys(id, epoch)
    if (epoch === 0) return { keys }
    return { keys, ...this.#confirming(id, epoch), pins: new ForeignPins(network) }
  }

  /** The epoch that is known of; 0 for what is not known to have been shared. */
  epochOf(id: string): number {
    return this.#shares.get(id)?.grant.epoch ?? this.#epochs.get(id) ?? 0
  }

  shareOf(id: string): Share | undefined {
    return this.#shares.get(id)
  }

  /** Whether the owner of a share said that anyone may read it. */
  isPlain(id: string): boolean {
    return this.#shares.get(id)?.grant.plain === true
  }

  /** Whether that is later than what was known. */
  moveTo(id: string, epoch: number): boolean {
    if (epoch <= this.epochOf(id)) return false
    this.#epochs.set(id, epoch)
    return true
  }

  accept(id: string, share: Share): Share {
    const known = this.#shares.get(id)
    if (known !== undefined && known.grant.epoch > share.grant.epoch) return known
    this.#shares.set(id, share)
    return share
  }

  leave(id: string): void {
    this.#shares.delete(id)
  }

  /** The same news, with what lets this identity in where the conversation is somebody else's. */
  complete(news: CatalogNews): CatalogNews {
    const share = this.#shares.get(news.id)
    return share === undefined || 'deleted' in news ? news : { ...news, share }
  }

  async #locateShare(id: string): Promise<Location> {
    const found = this.#shares.get(id) ?? (await this.#options.findShare(id))
    if (found === undefined) {
      throw new InvalidInputError('conversationId', 'names a share that this identity has not opened')
    }
    const { grant } = this.accept(id, found)
    const right = grant.seed === undefined ? 'read' : 'write'
    return { keys: keysOfGrant(grant, id), right, ...this.#confirming(id, grant.epoch) }
  }

  #confirming(id: string, epoch: number): Pick<Location, 'confirm'> {
    return { confirm: (signal) => this.#options.confirm(id, epoch, signal) }
  }
}
