import { sharedBy } from '../../conversation/summary'
import type { KeyRing } from '../../crypto/keys'
import type { Catalog } from '../catalog'
import type { Committer } from '../commit'
import type { OpenedShare, SharedList, StoreSharing } from '../conversation-store'
import type { HeadStore } from '../head-store'
import { mapInParallel } from '../map-in-parallel'
import type { Network } from '../network'
import type { ConversationMoved } from '../place'
import { AcceptedShares } from './accepted-shares'
import { Anchor } from './anchor'
import { Mover } from './mover'
import { OwnedShares } from './owned-shares'
import type { SharingIdentity } from './sharing-identity'
import type { Whereabouts } from './whereabouts'

const READS_AT_ONCE = 8

export interface SharingOptions {
  keyRing: KeyRing
  identity: SharingIdentity
  network: Network
  heads: HeadStore
  committer: Committer
  catalog: Catalog
  whereabouts: Whereabouts
}

/** What an identity shares, and what is shared with it. */
export class Sharing implements StoreSharing {
  readonly #options: SharingOptions
  readonly #owned: OwnedShares
  readonly #accepted: AcceptedShares

  constructor(options: SharingOptions) {
    const { heads, committer, network } = options
    const anchor = new Anchor(heads, committer)
    this.#options = options
    this.#owned = new OwnedShares({ ...options, anchor, mover: new Mover(heads, committer, network) })
    this.#accepted = new AcceptedShares(options)
  }

  address(signal: AbortSignal): Promise<string> {
    return this.#options.identity.address(signal)
  }

  share(conversationId: string, to: string, write: boolean, signal: AbortSignal): Promise<string> {
    return this.#owned.share(conversationId, to, write, signal)
  }

  open(capability: string, signal: AbortSignal): Promise<OpenedShare> {
    return this.#accepted.open(capability, signal)
  }

  revoke(conversationId: string, to: string, signal: AbortSignal): Promise<void> {
    return this.#owned.revoke(conversationId, to, signal)
  }

  async list(signal: AbortSignal): Promise<SharedList> {
    const entries = await this.#options.catalog.entries({}, signal)
    const own = entries.filter(({ share, epoch }) => share === undefined && epoch !== undefined)
    const byMe = await mapInParallel(own, READS_AT_ONCE, async ({ id }) =>
      (await this.#owned.members(id, signal)).map(({ address, right }) => ({
        conversationId: id,
        to: address,
        write: right === 'write',
      })),
    )
    const withMe = entries.flatMap(({ id, share }) =>
      share === undefined ? [] : [{ conversationId: id, ...sharedBy(share) }],
    )
    return { byMe: byMe.flat(), withMe }
  }

  /** Asks who decides about it. @throws ConversationMoved, ShareRevokedError */
  confirm(id: string, epoch: number, signal: AbortSignal): Promise<void> {
    const share = this.#options.whereabouts.shareOf(id)
    if (share === undefined) return this.#owned.confirm(id, epoch, signal)
    return this.#accepted.confirm(id, share, epoch, signal)
  }

  /** Resolves when the place to look at is a later one. */
  follow(id: string, { epoch }: ConversationMoved, signal: AbortSignal): Promise<void> {
    const share = this.#options.whereabouts.shareOf(id)
    if (share === undefined) return this.#owned.follow(id, epoch, signal)
    return this.#accepted.follow(id, share, epoch, signal)
  }

  /** Overwrites the keys. */
  wipe(): void {
    this.#options.identity.keys.wipe()
  }
}
