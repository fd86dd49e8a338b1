import { hexToBytes } from '@noble/hashes/utils.js'
import { isSameBytes } from '../../conversation/codec'
import type { Letter } from '../../conversation/grant'
import { newsOf } from '../../conversation/summary'
import type { Scheme } from '../../conversation/types'
import { writeCapability } from '../../crypto/capability'
import type { KeyRing } from '../../crypto/keys'
import { grantOf } from '../../crypto/sharing-keys'
import { InvalidInputError, UnsupportedError } from '../../errors/input-errors'
import type { Catalog } from '../catalog'
import type { HeadStore } from '../head-store'
import { mapInParallel } from '../map-in-parallel'
import type { Network } from '../network'
import { ConversationMoved } from '../place'
import { type Anchor, type AnchorState, type Member, memberKey } from './anchor'
import { Mailbox } from './mailbox'
import type { Mover } from './mover'
import { isSharedId } from './place-ids'
import type { SharingAddress, SharingIdentity } from './sharing-identity'
import type { Whereabouts } from './whereabouts'

const CALLS_AT_ONCE = 8

export interface OwnedSharesOptions {
  keyRing: KeyRing
  identity: SharingIdentity
  network: Network
  heads: HeadStore
  catalog: Catalog
  whereabouts: Whereabouts
  anchor: Anchor
  mover: Mover
}

/** What an identity shares with others. Epoch 0 is never shared: sharing first moves a conversation to epoch 1. */
export class OwnedShares {
  readonly #options: OwnedSharesOptions

  constructor(options: OwnedSharesOptions) {
    this.#options = options
  }

  /** A capability of the current epoch for `to`, who keeps what they have. */
  async share(id: string, to: string, write: boolean, signal: AbortSignal): Promise<string> {
    const { identity, anchor } = this.#options
    const peer = this.#peer(id, to)
    const owner = await identity.address(signal)
    const key = memberKey(peer.publicKey)
    const { epoch, scheme } = await this.#ready(id, signal)
    const { members } = await anchor.update(
      id,
      (state) => ({ owner, members: new Map([[key, invited(state, key, to, write)]]) }),
      signal,
    )
    const member = members.get(key)
    // The conversation went on meanwhile: whoever moved it may have done so without them.
    if (member === undefined || member.epoch !== epoch) return this.share(id, to, write, signal)
    const letter = this.#letter(id, member, owner, scheme)
    await this.#mailbox(peer.publicKey, id).write(letter, signal)
    return writeCapability(identity.keys, peer.publicKey, letter)
  }

  /** Moves the conversation to an epoch whose keys `to` never had. @throws InvalidInputError where it was not shared with them */
  async revoke(id: string, to: string, signal: AbortSignal): Promise<void> {
    const key = memberKey(this.#peer(id, to).publicKey)
    const before = await this.#options.anchor.read(id, signal)
    if (before?.members.get(key) === undefined) {
      throw new InvalidInputError('options.to', 'has no share of this conversation')
    }
    let state = await this.#options.anchor.update(
      id,
      (current) => ({ members: excluded(current, key) }),
      signal,
    )
    while ((state.members.get(key)?.epoch ?? 0) >= state.epoch)
      state = await this.#advance(id, state.epoch, signal)
    await this.#announce(id, signal)
  }

  /** Who has a share of `id`. */
  async members(id: string, signal: AbortSignal): Promise<Member[]> {
    const state = await this.#options.anchor.read(id, signal)
    return [...(state?.members.values() ?? [])].filter(({ right }) => right !== 'none')
  }

  /** Goes where the conversation is that is not in `epoch` any more; brings it on where that was cut off. */
  async follow(id: string, epoch: number, signal: AbortSignal): Promise<void> {
    const { anchor, whereabouts, heads } = this.#options
    if (whereabouts.epochOf(id) > epoch) return
    const state = await anchor.read(id, signal)
    if (state === undefined || state.epoch <= epoch) await this.#advance(id, epoch, signal)
    else if (whereabouts.moveTo(id, state.epoch)) heads.forget(id)
  }

  /** @throws ConversationMoved where `epoch` is not the current one any more */
  async confirm(id: string, epoch: number, signal: AbortSignal): Promise<void> {
    const state = await this.#options.anchor.read(id, signal)
    if (state !== undefined && state.epoch > epoch) throw new ConversationMoved(epoch)
  }

  #peer(id: string, to: string): SharingAddress {
    const { identity } = this.#options
    if (isSharedId(id)) throw new UnsupportedError('only its owner can share a conversation')
    const peer = identity.read(to, 'options.to')
    if (isSameBytes(peer.publicKey, identity.keys.publicKey)) {
      throw new InvalidInputError('options.to', 'is this identity itself')
    }
    return peer
  }

  /** The current epoch, in which the conversation is whole and not on its way to another one. */
  async #ready(id: string, signal: AbortSignal): Promise<{ epoch: number; scheme: Scheme | undefined }> {
    const { anchor, heads } = this.#options
    const state = (await anchor.read(id, signal)) ?? (await this.#advance(id, 0, signal))
    try {
      if (this.#options.whereabouts.moveTo(id, state.epoch)) heads.forget(id)
      const base = await heads.read(await heads.open(id), signal)
      return { epoch: state.epoch, scheme: base?.scheme }
    } catch (error) {
      if (!(error instanceof ConversationMoved)) throw error
      await this.follow(id, error.epoch, signal)
      return this.#ready(id, signal)
    }
  }

  /**
   * Moves the conversation to the epoch after `epoch`. Members get its keys before anybody is led there, and no one
   * gets them who was not promised them in the anchor: whoever is excluded later loses them with a later epoch.
   */
  async #advance(id: string, epoch: number, signal: AbortSignal): Promise<AnchorState> {
    const { anchor, mover, whereabouts, heads } = this.#options
    const next = epoch + 1
    const { scheme } = await mover.move(id, epoch, signal)
    if (epoch > 0) {
      const promised = await anchor.update(id, (state) => ({ members: promoted(state, next) }), signal)
      await this.#mail(id, promised, epoch, scheme, signal)
    }
    const state = await anchor.update(id, () => ({ epoch: next }), signal)
    if (whereabouts.moveTo(id, state.epoch)) heads.forget(id)
    await this.#announce(id, signal)
    return state
  }

  async #mail(
    id: string,
    { owner, members }: AnchorState,
    epoch: number,
    scheme: Scheme,
    signal: AbortSignal,
  ): Promise<void> {
    const concerned = [...members].filter(([, member]) => member.epoch >= epoch)
    await mapInParallel(concerned, CALLS_AT_ONCE, ([key, member]) =>
      this.#mailbox(hexToBytes(key), id).write(this.#letter(id, member, owner ?? '', scheme), signal),
    )
  }

  #letter(id: string, { right, epoch }: Member, owner: string, scheme: Scheme | undefined): Letter {
    if (right === 'none') return { revoked: { id, epoch: epoch + 1 } }
    const { keyRing, network } = this.#options
    const portals = network.witnesses().map(({ name }) => name)
    const grant = grantOf(keyRing, id, epoch, right === 'write')
    return { owner, portals, grant: scheme === 'plain' ? { ...grant, plain: true } : grant }
  }

  #mailbox(peer: Uint8Array, id: string): Mailbox {
    const { network, identity } = this.#options
    return new Mailbox(network, identity.keys, peer, id)
  }

  /** The list knows the epoch before anybody is told that it is the current one. */
  async #announce(id: string, signal: AbortSignal): Promise<void> {
    const { heads, catalog } = this.#options
    const base = await heads.read(await heads.open(id), signal)
    if (base?.scheme !== undefined) await catalog.announce(newsOf(base.head, base.scheme))
  }
}

function invited({ epoch, members }: AnchorState, key: string, address: string, write: boolean): Member {
  const isWriter = write || members.get(key)?.right === 'write'
  return { address, right: isWriter ? 'write' : 'read', epoch }
}

function excluded({ members }: AnchorState, key: string): Map<string, Member> {
  const member = members.get(key)
  return new Map(member === undefined ? [] : [[key, { ...member, right: 'none' }]])
}

function promoted({ members }: AnchorState, epoch: number): Map<string, Member> {
  const staying = [...members].filter(([, member]) => member.right !== 'none')
  return new Map(staying.map(([key, member]) => [key, { ...member, epoch: Math.max(epoch, member.epoch) }]))
}
