import type { ConversationKeys } from '../crypto/keys'
import type { StoredVersion } from './head-reader'
import type { PointerKey } from './network'
import type { ForeignPins } from './sharing/foreign-pins'

/** Where a conversation lies, and what this identity may do there. */
export interface Location {
  readonly keys: ConversationKeys
  /** Absent where it is this identity's own. */
  readonly right?: 'read' | 'write'
  /**
   * Asks who decides which epoch is the current one; only where somebody else has keys too.
   * @throws ConversationMoved, ShareRevokedError
   */
  confirm?(signal: AbortSignal): Promise<void>
  /** Keeps blobs that others uploaded. */
  readonly pins?: ForeignPins
  /** Whoever moves a conversation also reads where it was. */
  readonly isLeft?: true
}

/** One pointer and the keys that go with it. */
export interface Place extends Location {
  readonly id: string
  /** Tells it from the places of the same conversation in other epochs. */
  readonly key: string
  readonly pointer: PointerKey
}

/** The key of a conversation's place in an epoch. */
export function keyOf(id: string, epoch: number): string {
  return epoch === 0 ? id : `\u0000${epoch}/${id}`
}

/** The conversation goes on in a later epoch: to be looked for anew. */
export class ConversationMoved extends Error {
  override readonly name = 'ConversationMoved'
  /** Where it was looked for. */
  readonly epoch: number

  constructor(epoch: number) {
    super(`the conversation is not in epoch ${epoch} any more`)
    this.epoch = epoch
  }
}

/** What a head names besides what was new with it, for portals that lack some of it. */
export function learnNames(place: Place, { hash, head }: Pick<StoredVersion, 'hash' | 'head'>): void {
  place.pointer.learn(
    hash,
    head.segments.map((segment) => segment.hash),
    { version: head.version, clock: head.clock },
  )
}
