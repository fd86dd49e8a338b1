import {
  type CommitContext,
  type ConversationState,
  isAncestor,
  type StateDelta,
} from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { RevisionConflictError, StoreUnavailableError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { type SealedVersion, sealVersion } from './head-codec'
import type { StoredVersion } from './head-reader'
import { absentBase, type Base, type HeadStore, isSameHash, nextState, type Place } from './head-store'
import { type Network, type Pointer, PointerConflict } from './network'

/** Longest random wait before a rebase, in ms, for each rebase so far; at most ten times that. */
const JITTER_MS = 5

/** What is to be made current, worked out anew on every base. */
export interface CommitPlan<T> {
  delta: StateDelta
  scheme: Scheme
  result: T
  /** Nothing to write if the base is on the network as it is. */
  isReplay: boolean
}

export interface CommitRequest<T> {
  id: string
  plan(base: Base, context: CommitContext): CommitPlan<T>
  /** Runs beside the upload; the pointer moves only after it succeeded. */
  announce?(next: ConversationState, plan: CommitPlan<T>, base: Base): Promise<void>
}

export interface Committed<T> {
  version: StoredVersion
  result: T
  /** Whether another writer's version came in between. */
  merged: boolean
  /** Whether this call wrote a version. */
  written: boolean
}

export interface CommitterOptions {
  heads: HeadStore
  network: Network
  /** Gives a name that no other running instance has, and never had before. */
  nameInstance(): string
  counters: StorageCounters
  log: Logger
}

type Attempt = { landed: StoredVersion } | { rebaseOn: Base }

/**
 * Makes changes current by acknowledged compare-and-set. A conflict that shows progress is rebased at once;
 * all else is thrown, and the next attempt starts from a fresh read.
 * Precondition: no two commits of one id run at the same time.
 */
export class Committer {
  readonly #options: CommitterOptions
  readonly #doubtful = new Set<string>()
  #instance: string

  constructor(options: CommitterOptions) {
    this.#options = options
    this.#instance = options.nameInstance()
  }

  /**
   * @throws RevisionConflictError (no progress), StoreUnavailableError, CorruptRecordError and what `plan`
   * throws. After a rejection other than by `plan` the outcome may be unknown; calling again is safe.
   */
  async commit<T>(request: CommitRequest<T>, signal: AbortSignal): Promise<Committed<T>> {
    const place = await this.#options.heads.open(request.id)
    let base = await this.#startingBase(place, signal)
    for (let rebases = 0; ; rebases += 1) {
      signal.throwIfAborted()
      const context = { now: Date.now(), device: this.#instance }
      const plan = request.plan(base, context)
      const outcome = { result: plan.result, merged: rebases > 0 }
      if (plan.isReplay && base.stored !== undefined)
        return { ...outcome, version: base.stored, written: false }
      const attempt = await this.#attempt(place, request, plan, base, context, signal)
      if ('landed' in attempt) return { ...outcome, version: attempt.landed, written: true }
      base = attempt.rebaseOn
      await pause(Math.random() * JITTER_MS * Math.min(rebases, 10))
    }
  }

  async #startingBase(place: Place, signal: AbortSignal): Promise<Base> {
    const { heads } = this.#options
    const known = this.#doubtful.has(place.id) ? undefined : heads.latest(place.id)
    const base = known ?? (await heads.read(place, signal)) ?? absentBase(place.id)
    this.#doubtful.delete(place.id)
    return base
  }

  async #attempt<T>(
    place: Place,
    request: CommitRequest<T>,
    plan: CommitPlan<T>,
    base: Base,
    context: CommitContext,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { network } = this.#options
    try {
      const next = nextState(base, plan.delta, plan.scheme, context)
      const sealed = await sealVersion(next, plan.scheme, place.keys, network)
      await Promise.all([
        ...sealed.blobs.map((blob) => network.upload(blob, signal)),
        request.announce?.(sealed.state, plan, base),
      ])
      return await this.#publish(place, sealed, plan.scheme, base, signal)
    } catch (error) {
      this.#doubtful.add(place.id)
      // What was sent may still land. Under a new name it is then seen as another instance's commit, and
      // never mistaken for the next one of ours.
      this.#instance = this.#options.nameInstance()
      throw error
    }
  }

  async #publish(
    place: Place,
    sealed: SealedVersion,
    scheme: Scheme,
    base: Base,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const pointer = { revision: base.revision + 1, hash: sealed.hash }
    const version = {
      ...sealed.state,
      hash: sealed.hash,
      cid: sealed.cid,
      scheme,
      revision: pointer.revision,
    }
    try {
      await place.pointer.movePointer(pointer, signal)
    } catch (error) {
      if (error instanceof PointerConflict) return this.#resolveConflict(place, version, base, error, signal)
      if (error instanceof StoreUnavailableError) return this.#readBack(place, version, error, signal)
      throw error
    }
    return this.#land(version)
  }

  async #resolveConflict(
    place: Place,
    mine: StoredVersion,
    base: Base,
    conflict: PointerConflict,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { current } = conflict
    this.#options.counters.conflicts += 1
    this.#options.log.debug({ revision: current?.revision, mine: mine.revision }, 'Revision conflict')
    if (current === undefined) throw new RevisionConflictError(conflict.message, conflict)
    const found = await this.#whereItStands(place, mine, current, signal)
    if (found === 'landed') return this.#land(mine)
    if (current.revision <= base.revision) throw new RevisionConflictError(conflict.message, conflict)
    return { rebaseOn: found }
  }

  /** The answer was lost, not necessarily the write. */
  async #readBack(
    place: Place,
    mine: StoredVersion,
    lost: StoreUnavailableError,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const unknown = () => new StoreUnavailableError(lost.message, { cause: lost, outcome: 'unknown' })
    const pointer = await place.pointer.readPointer(signal).catch(() => {
      throw unknown()
    })
    if (pointer === undefined) throw unknown()
    if ((await this.#whereItStands(place, mine, pointer, signal)) === 'landed') return this.#land(mine)
    throw unknown()
  }

  /** `landed` if `mine` is the version that `pointer` names, or went into it. */
  async #whereItStands(
    place: Place,
    mine: StoredVersion,
    pointer: Pointer,
    signal: AbortSignal,
  ): Promise<'landed' | Base> {
    if (isSameHash(pointer.hash, mine.hash)) return 'landed'
    const base = await this.#options.heads.resolve(place, pointer, signal)
    return isAncestor(mine.head, base.head) ? 'landed' : base
  }

  #land(version: StoredVersion): Attempt {
    this.#options.heads.remember(version)
    return { landed: version }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
