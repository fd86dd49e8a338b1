import { isSameBytes } from '../conversation/codec'
import type { SegmentRef } from '../conversation/head'
import {
  advance,
  type CommitContext,
  type ConversationState,
  isAncestor,
  withoutSegments,
} from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { RevisionConflictError, StoreUnavailableError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { type SealedVersion, sealHead, sealVersion } from './head-codec'
import type { StoredVersion } from './head-reader'
import { absentBase, type Base, type HeadStore, type Place } from './head-store'
import { type LockTable, withKeyedLock } from './keyed-lock'
import { type Network, type Pointer, PointerConflict } from './network'
import { segmentsOverLimit } from './segments'

/** Longest random wait before a rebase, in ms, for each rebase so far; at most ten times that. */
const JITTER_MS = 5

/** What is to be made current, worked out anew on every base. */
export interface CommitPlan<T> {
  /** The base with all changes worked in. */
  next: ConversationState
  scheme: Scheme
  result: T
  /** Nothing to write if the base is on the network as it is. */
  isReplay: boolean
  keepsPrevious: boolean
}

export interface CommitRequest<T> {
  id: string
  /** The segments that have to be read before `plan` can be asked. */
  needs(base: Base): readonly SegmentRef[]
  /** @throws NeedsFreshRead where a base that was not just read does not meet a condition */
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

/** Tells the committer to read the current version and ask again. */
export class NeedsFreshRead extends Error {}

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
 * all else is thrown, and the next attempt starts from a fresh read. Commits of one id take turns.
 */
export class Committer {
  readonly #options: CommitterOptions
  readonly #turns: LockTable = new Map()
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
  commit<T>(request: CommitRequest<T>, signal: AbortSignal): Promise<Committed<T>> {
    return withKeyedLock(this.#turns, request.id, () => this.#commit(request, signal))
  }

  /**
   * Replaces `refs` by segments that say the same; the version stays, since nothing that it says changes.
   * Gives up if one of them is gone meanwhile (`false`), or if anybody else moves the pointer (throws).
   */
  replaceSegments(
    place: Place,
    refs: readonly SegmentRef[],
    replacements: readonly SegmentRef[],
    signal: AbortSignal,
  ): Promise<boolean> {
    return withKeyedLock(this.#turns, place.id, async () => {
      const { heads, network } = this.#options
      const base = heads.latest(place.id)
      if (base?.scheme === undefined || this.#doubtful.has(place.id)) return false
      const names = new Set(refs.map(({ name }) => name))
      const others = base.head.segments.filter(({ name }) => !names.has(name))
      if (others.length + refs.length !== base.head.segments.length) return false
      const head = { ...base.head, segments: [...replacements, ...others], parents: base.parents }
      const sealed = await sealHead(head, base.scheme, place.keys, network)
      await network.upload(sealed.blob, signal)
      const pointer = { revision: base.revision + 1, hash: sealed.hash }
      await this.#settling(place, () => place.pointer.movePointer(pointer, signal))
      heads.remember({ ...sealed, scheme: base.scheme, revision: pointer.revision })
      return true
    })
  }

  async #commit<T>(request: CommitRequest<T>, signal: AbortSignal): Promise<Committed<T>> {
    const place = await this.#options.heads.open(request.id)
    let base = await this.#startingBase(place, signal)
    for (let rebases = 0; ; rebases += 1) {
      signal.throwIfAborted()
      const context = { now: Date.now(), device: this.#instance }
      const ready = await this.#prepare(place, request, base, signal)
      const plan = planOrRefresh(request, ready, context)
      if (plan === undefined) {
        base = await this.#freshBase(place, signal)
        continue
      }
      const outcome = { result: plan.result, merged: rebases > 0 }
      if (plan.isReplay && base.stored !== undefined)
        return { ...outcome, version: base.stored, written: false }
      const attempt = await this.#settling(place, () =>
        this.#attempt(place, request, plan, ready, context, signal),
      )
      if ('landed' in attempt) return { ...outcome, version: attempt.landed, written: true }
      base = attempt.rebaseOn
      await pause(Math.random() * JITTER_MS * Math.min(rebases, 10))
    }
  }

  async #startingBase(place: Place, signal: AbortSignal): Promise<Base> {
    const known = this.#doubtful.has(place.id) ? undefined : this.#options.heads.latest(place.id)
    return known ?? this.#freshBase(place, signal)
  }

  async #freshBase(place: Place, signal: AbortSignal): Promise<Base> {
    const base = (await this.#options.heads.read(place, signal)) ?? absentBase(place.id)
    this.#doubtful.delete(place.id)
    return base
  }

  async #prepare<T>(place: Place, request: CommitRequest<T>, base: Base, signal: AbortSignal): Promise<Base> {
    const needed = [...request.needs(base), ...segmentsOverLimit(base.head)]
    return this.#settling(place, () => this.#options.heads.withSegments(place, base, needed, signal))
  }

  /** After any failure the cached version is in doubt, and what was sent may still land. */
  async #settling<T>(place: Place, task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      this.#doubtful.add(place.id)
      // Under a new name a late landing is seen as another instance's commit, never as the next one of ours.
      this.#instance = this.#options.nameInstance()
      throw error
    }
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
    const next = advance(base.head, plan.next, base.parents, context, plan.keepsPrevious)
    const isRewritten = base.scheme !== undefined && base.scheme !== plan.scheme
    const state = isRewritten ? withoutSegments(next) : next
    const sealed = await sealVersion(state, plan.scheme, place.keys, network)
    await Promise.all([
      network.upload(sealed.blob, signal),
      ...sealed.segments.map(({ blob }) => network.upload(blob, signal)),
      request.announce?.(next, plan, base),
    ])
    return this.#publish(place, sealed, plan.scheme, base, signal)
  }

  async #publish(
    place: Place,
    sealed: SealedVersion,
    scheme: Scheme,
    base: Base,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { heads } = this.#options
    const { head, hash, cid } = sealed
    const version = { head, hash, cid, scheme, revision: base.revision + 1 }
    for (const { ref, records } of sealed.segments) heads.segments.set(ref.name, records, ref.size)
    try {
      await place.pointer.movePointer({ revision: version.revision, hash }, signal)
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
    if (isSameBytes(pointer.hash, mine.hash)) return 'landed'
    const base = await this.#options.heads.resolve(place, pointer, signal)
    return isAncestor(mine.head, base.head) ? 'landed' : base
  }

  #land(version: StoredVersion): Attempt {
    this.#options.heads.remember(version)
    return { landed: version }
  }
}

function planOrRefresh<T>(
  request: CommitRequest<T>,
  base: Base,
  context: CommitContext,
): CommitPlan<T> | undefined {
  try {
    return request.plan(base, context)
  } catch (error) {
    if (error instanceof NeedsFreshRead && !base.isFresh) return undefined
    throw error
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
