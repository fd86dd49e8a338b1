import { mergeStates } from '../../conversation/merge'
import { type ConversationState, isAncestor, withoutSegments } from '../../conversation/state'
import { InvalidInputError } from '../../errors/input-errors'
import { SDKError } from '../../errors/sdk-error'
import { ConversationDeletedError } from '../../errors/storage-errors'
import type { Base } from '../base'
import type { CommitPlan, Committer } from '../commit'
import { sealVersion } from '../head-codec'
import type { StoredVersion } from '../head-reader'
import type { HeadStore } from '../head-store'
import { type Network, PointerConflict } from '../network'
import { learnNames, type Place } from '../place'
import { epochId } from './place-ids'

/**
 * Brings a conversation under the keys of its next epoch. Closes the epoch before, so that no writer goes on there
 * unaware, then seals all that it says anew. May be cut off anywhere and run again, also by several devices at once.
 */
export class Mover {
  readonly #heads: HeadStore
  readonly #committer: Committer
  readonly #network: Network

  constructor(heads: HeadStore, committer: Committer, network: Network) {
    this.#heads = heads
    this.#committer = committer
    this.#network = network
  }

  /** The conversation under the keys of `epoch + 1`: the same version. @throws as {@link Committer.commit} */
  async move(id: string, epoch: number, signal: AbortSignal): Promise<StoredVersion> {
    const closed = await this.#close(id, epoch, signal).catch((error: unknown) =>
      this.#abandon(id, epoch, error, signal),
    )
    const place = await this.#heads.open(epochId(id, epoch))
    const state = await this.#heads.withSegments(
      place,
      { ...closed, sealed: new Map() },
      closed.head.segments,
      signal,
    )
    return this.#publish(await this.#heads.open(epochId(id, epoch + 1)), state, signal)
  }

  async #close(id: string, epoch: number, signal: AbortSignal): Promise<StoredVersion> {
    const plan = (base: Base): CommitPlan<void> => {
      if (base.scheme === undefined) throw new InvalidInputError('conversationId', 'does not exist')
      if (base.head.deleted === true) throw new ConversationDeletedError(id)
      const head = { ...base.head, moved: { epoch: epoch + 1 } }
      return {
        next: { head, sealed: base.sealed },
        scheme: base.scheme,
        result: undefined,
        isReplay: base.head.moved !== undefined,
        keepsPrevious: false,
        isConditional: true,
      }
    }
    const request = { id: epochId(id, epoch), needs: () => [], plan }
    return (await this.#committer.commit(request, signal)).version
  }

  /** Whoever else has keys may make a place one that cannot be closed or read. That does not keep its owner there. */
  async #abandon(id: string, epoch: number, error: unknown, signal: AbortSignal): Promise<StoredVersion> {
    const isSpoilt =
      error instanceof SDKError && !error.retryable && !(error instanceof ConversationDeletedError)
    if (epoch === 0 || !isSpoilt) throw error
    const place = await this.#heads.open(epochId(id, epoch))
    const current = await this.#heads.read(place, signal).catch(() => undefined)
    const known = current?.stored ?? this.#heads.known(id, epoch)
    if (known === undefined) throw error
    return known
  }

  async #publish(
    place: Place,
    content: StoredVersion & ConversationState,
    signal: AbortSignal,
  ): Promise<StoredVersion> {
    for (;;) {
      const base = await this.#heads.read(place, signal)
      if (base?.stored !== undefined && isAncestor(content.head, base.head)) return base.stored
      try {
        return await this.#write(
          place,
          await this.#united(place, base, content, signal),
          content,
          base,
          signal,
        )
      } catch (error) {
        if (!(error instanceof PointerConflict)) throw error
      }
    }
  }

  /** Together with what members have written in the new epoch, where an earlier move was cut off late. */
  async #united(
    place: Place,
    base: Base | undefined,
    content: StoredVersion & ConversationState,
    signal: AbortSignal,
  ): Promise<ConversationState> {
    const [hash] = base?.parents ?? []
    if (base === undefined || hash === undefined) return content
    const written = await this.#heads.withSegments(place, base, base.head.segments, signal)
    return mergeStates({ ...written, hash }, content)
  }

  /** Says the same as `state`, so the version stays. Old versions lie under keys that others have: they stay behind. */
  async #write(
    place: Place,
    { head, sealed }: ConversationState,
    { scheme }: StoredVersion,
    base: Base | undefined,
    signal: AbortSignal,
  ): Promise<StoredVersion> {
    const { moved: _, ...rest } = head
    const fresh = { sealed, head: { ...rest, id: place.id, parents: [], checkpoints: [] } }
    const made = await sealVersion(withoutSegments(fresh), scheme, place.keys, this.#network)
    learnNames(place, made)
    const blobs = [made.blob, ...made.segments.map(({ blob }) => blob)]
    const prepared = await place.pointer.prepare(blobs, [], signal)
    const from = { revision: base?.revision ?? 0, isSettled: base?.isSettled ?? true }
    await prepared.move(made.hash, from, true, signal)
    const version = { head: made.head, hash: made.hash, cid: made.cid, scheme, revision: from.revision + 1 }
    this.#heads.remember(version)
    return version
  }
}
