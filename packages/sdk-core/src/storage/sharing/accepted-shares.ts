import { isSameBytes } from '../../conversation/codec'
import { type Letter, type Share, subjectOf } from '../../conversation/grant'
import { newsOf, sharedBy } from '../../conversation/summary'
import { readCapability } from '../../crypto/capability'
import { InvalidInputError, UnsupportedError } from '../../errors/input-errors'
import { ShareRevokedError } from '../../errors/sharing-errors'
import { ConversationDeletedError, StoreUnavailableError } from '../../errors/storage-errors'
import type { Base } from '../base'
import type { Catalog } from '../catalog'
import type { OpenedShare } from '../conversation-store'
import type { HeadStore } from '../head-store'
import { LruMap } from '../lru-map'
import type { Network } from '../network'
import { ConversationMoved } from '../place'
import { Mailbox } from './mailbox'
import { sharedId } from './place-ids'
import type { SharingIdentity } from './sharing-identity'
import type { Whereabouts } from './whereabouts'

const KEPT_MAILBOXES = 256

export interface AcceptedSharesOptions {
  identity: SharingIdentity
  network: Network
  heads: HeadStore
  catalog: Catalog
  whereabouts: Whereabouts
}

/** What others share with an identity. The owner's last word in the mailbox counts, not the capability. */
export class AcceptedShares {
  readonly #options: AcceptedSharesOptions
  readonly #mailboxes = new LruMap<string, Mailbox>(KEPT_MAILBOXES)

  constructor(options: AcceptedSharesOptions) {
    this.#options = options
  }

  /** Resolves when the catalog has the share. */
  async open(capability: string, signal: AbortSignal): Promise<OpenedShare> {
    const { identity, heads, whereabouts } = this.#options
    const { from, letter } = readCapability(identity.keys, capability)
    const { id } = subjectOf(letter)
    const localId = sharedId(from, id)
    const last = (await this.#mailbox(localId, from, id).read(signal)) ?? letter
    const newest = subjectOf(last).epoch >= subjectOf(letter).epoch ? last : letter
    const share = this.#shareIn(newest, from)
    if (whereabouts.accept(localId, share) === share) heads.forget(localId)
    const base = await this.#read(localId, signal)
    if (base === undefined) {
      whereabouts.leave(localId)
      throw new UnsupportedError(`the conversation lies on other portals: ${portalsOf(newest).join(', ')}`)
    }
    await this.#announce(localId, base, signal)
    return { conversationId: localId, write: sharedBy(share).write }
  }

  /** Goes where the owner says that the conversation is. @throws ShareRevokedError, StoreUnavailableError */
  async follow(id: string, { owner, grant }: Share, epoch: number, signal: AbortSignal): Promise<void> {
    const { whereabouts, heads } = this.#options
    if (grant.epoch > epoch) return
    const letter = await this.#mailbox(id, owner, grant.id).read(signal)
    const share = letter && this.#shareIn(letter, owner)
    if (share === undefined || share.grant.epoch <= grant.epoch) {
      throw new StoreUnavailableError('the owner is moving this conversation')
    }
    whereabouts.accept(id, share)
    heads.forget(id)
    const base = await this.#read(id, signal)
    if (base !== undefined) await this.#announce(id, base, signal)
  }

  /** @throws ConversationMoved, ShareRevokedError where the keys are not the current ones any more */
  async confirm(id: string, { owner, grant }: Share, epoch: number, signal: AbortSignal): Promise<void> {
    const letter = await this.#mailbox(id, owner, grant.id).read(signal)
    if (letter === undefined || subjectOf(letter).epoch <= epoch) return
    if ('revoked' in letter) throw new ShareRevokedError()
    throw new ConversationMoved(epoch)
  }

  /** What a letter gives to this identity. */
  #shareIn(letter: Letter, owner: Uint8Array): Share {
    if ('revoked' in letter) throw new ShareRevokedError()
    const { publicKey, from } = this.#options.identity.read(letter.owner, 'capability.owner')
    if (!isSameBytes(publicKey, owner)) throw new InvalidInputError('capability', 'was altered')
    return { owner, from, grant: letter.grant }
  }

  async #read(id: string, signal: AbortSignal): Promise<Base | undefined> {
    const { heads, whereabouts } = this.#options
    try {
      return await heads.read(await heads.open(id), signal)
    } catch (error) {
      const share = whereabouts.shareOf(id)
      if (!(error instanceof ConversationMoved) || share === undefined) throw error
      await this.follow(id, share, error.epoch, signal)
      return this.#read(id, signal)
    }
  }

  /** @throws ConversationDeletedError where the owner has deleted it, or this identity has given it up for good */
  async #announce(id: string, { head, scheme }: Base, signal: AbortSignal): Promise<void> {
    const { catalog, whereabouts } = this.#options
    if (head.deleted !== true && scheme !== undefined) {
      await catalog.announce(newsOf(head, scheme))
      if ((await catalog.find(id, signal)) !== undefined) return
    }
    whereabouts.leave(id)
    throw new ConversationDeletedError(id)
  }

  #mailbox(localId: string, owner: Uint8Array, id: string): Mailbox {
    const { network, identity } = this.#options
    const known = this.#mailboxes.get(localId) ?? new Mailbox(network, identity.keys, owner, id)
    this.#mailboxes.set(localId, known)
    return known
  }
}

function portalsOf(letter: Letter): readonly string[] {
  return 'portals' in letter ? letter.portals : []
}
