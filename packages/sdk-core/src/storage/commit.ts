import { isSameBytes } from '../conversation/codec'
import type { SegmentRef } from '../conversation/head'
import { advance, type CommitContext, type ConversationState, withoutSegments } from '../conversation/state'
import type { Scheme } from '../conversation/types'
import { RevisionConflictError, StoreUnavailableError } from '../errors/storage-errors'
import type { Logger } from '../observe/log'
import type { StorageCounters } from '../observe/stats'
import { absentBase, type Base } from './base'
import { type SealedSegment, type SealedVersion, sealHead, sealVersion } from './head-codec'
import type { StoredVersion } from './head-reader'
import type { HeadStore, Survey } from './head-store'
import { type LockTable, withKeyedLock } from './keyed-lock'
import { type Network, PointerConflict, type PreparedMove } from './network'
import { learnNames, type Place } from './place'
import { segmentsOverLimit } from './segments'
import { countHolders, greatestRevision } from './survey'

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
  /** Must leave nothing behind where it loses to another writer. */
  isConditional?: boolean
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
   * Makes what all portals say together the current version on a quorum of them, if it is not.
   * @throws as {@link commit}
   */
  async republish(id: string, signal: AbortSignal): Promise<void> {
    const plan = (base: Base): CommitPlan<void> => {
      if (base.scheme === undefined) throw new StoreUnavailableError('what was to be published is gone')
      return { next: base, scheme: base.scheme, result: undefined, isReplay: true, keepsPrevious: false }
    }
    await this.commit({ id, needs: () => [], plan }, signal)
  }

  /**
   * Replaces `refs` by segments that say the same; the version stays, since nothing that it says changes.
   * Gives up if one of them is gone meanwhile (`false`), or if anybody else moves the pointer (throws).
   */
  replaceSegments(
    place: Place,
    refs: readonly SegmentRef[],
    replacements: readonly SealedSegment[],
    signal: AbortSignal,
  ): Promise<boolean> {
    return withKeyedLock(this.#turns, place.id, async () => {
      const { heads, network } = this.#options
      const base = heads.latest(place.id, place.key)
      if (base?.scheme === undefined || this.#doubtful.has(place.id)) return false
      const names = new Set(refs.map(({ name }) => name))
      const others = base.head.segments.filter(({ name }) => !names.has(name))
      if (others.length + refs.length !== base.head.segments.length) return false
      const segments = [...replacements.map(({ ref }) => ref), ...others]
      const head = { ...base.head, segments, parents: base.parents }
      const sealed = { ...(await sealHead(head, base.scheme, place.keys, network)), segments: replacements }
      await this.#settling(place, async () => {
        const prepared = await prepareMove(place, sealed, signal)
        await prepared.move(sealed.hash, base, false, signal)
      })
      heads.remember(toStored(sealed, base.scheme, base))
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
        this.#attempt(place, request, plan, ready, context, rebases > 0, signal),
      )
      if ('landed' in attempt) return { ...outcome, version: attempt.landed, written: true }
      base = attempt.rebaseOn
      await pause(Math.random() * JITTER_MS * Math.min(rebases, 10))
    }
  }

  async #startingBase(place: Place, signal: AbortSignal): Promise<Base> {
    const known = this.#doubtful.has(place.id) ? undefined : this.#options.heads.latest(place.id, place.key)
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
    isContended: boolean,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { network, heads } = this.#options
    const next = advance(base.head, plan.next, base.parents, context, plan.keepsPrevious)
    const isRewritten = base.scheme !== undefined && base.scheme !== plan.scheme
    const state = isRewritten ? withoutSegments(next) : next
    const sealed = await sealVersion(state, plan.scheme, place.keys, network)
    for (const { ref, records } of sealed.segments) heads.segments.set(ref.name, records, ref.size)
    const mine = toStored(sealed, plan.scheme, base)
    const isCareful = isContended || plan.isConditional === true
    try {
      const announced = request.announce?.(next, plan, base)
      const [prepared] = await Promise.all([prepareMove(place, sealed, signal), announced])
      return await this.#move(place, mine, prepared.move(mine.hash, base, isCareful, signal), signal)
    } catch (error) {
      if (error instanceof PointerConflict) return this.#resolveConflict(place, mine, base, error, signal)
      throw error
    }
  }

  async #move(
    place: Place,
    mine: StoredVersion,
    moved: Promise<void>,
    signal: AbortSignal,
  ): Promise<Attempt> {
    try {
      await moved
      return this.#land(mine)
    } catch (error) {
      if (error instanceof StoreUnavailableError) return this.#readBack(place, mine, error, signal)
      throw error
    }
  }

  async #resolveConflict(
    place: Place,
    mine: StoredVersion,
    base: Base,
    conflict: PointerConflict,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const { heads, network, counters, log } = this.#options
    const { answers } = conflict
    counters.conflicts += 1
    log.debug({ revision: greatestRevision(answers), mine: mine.revision }, 'Revision conflict')
    if (answers.length === 0) throw new RevisionConflictError(conflict.message, conflict)
    const isEnough = answers.length >= network.readQuorum
    const survey = await heads.survey(place, signal, isEnough ? answers : undefined)
    if (this.#isLanded(mine, survey)) return this.#land(mine)
    if (survey.base === undefined || !isProgress(survey, base)) {
      throw new RevisionConflictError(conflict.message, conflict)
    }
    return { rebaseOn: survey.base }
  }

  /** The answer was lost, not necessarily the write. */
  async #readBack(
    place: Place,
    mine: StoredVersion,
    lost: StoreUnavailableError,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const unknown = () => new StoreUnavailableError(lost.message, { cause: lost, outcome: 'unknown' })
    const survey = await this.#options.heads.survey(place, signal).catch((error: unknown) => {
      throw error instanceof StoreUnavailableError ? unknown() : error
    })
    if (this.#isLanded(mine, survey)) return this.#land(mine)
    throw unknown()
  }

  /** Whether a quorum holds `mine`, or versions that it went into. */
  #isLanded(mine: StoredVersion, { held }: Survey): boolean {
    return countHolders(mine, held) >= this.#options.network.writeQuorum
  }

  #land(version: StoredVersion): Attempt {
    this.#options.heads.remember(version)
    return { landed: version }
  }
}

async function prepareMove(place: Place, sealed: SealedVersion, signal: AbortSignal): Promise<PreparedMove> {
  const added = new Set(sealed.segments.map(({ ref }) => ref.name))
  const kept = sealed.head.segments.filter(({ name }) => !added.has(name))
  learnNames(place, sealed)
  const names = kept.map(({ hash }) => hash)
  const blobs = [sealed.blob, ...sealed.segments.map(({ blob }) => blob)]
  const [prepared] = await Promise.all([
    place.pointer.prepare(blobs, names, signal),
    place.pins?.keep(names, signal),
  ])
  place.pins?.add(sealed.segments.map(({ ref }) => ref.hash))
  return prepared
}

function toStored({ head, hash, cid }: SealedVersion, scheme: Scheme, { revision }: Base): StoredVersion {
  return { head, hash, cid, scheme, revision: revision + 1 }
}

/** Whether somebody else has moved a pointer since `base`. */
function isProgress({ held }: Survey, base: Base): boolean {
  const isKnown = (hash: Uint8Array) => base.parents.some((parent) => isSameBytes(parent, hash))
  return held.some(({ pointer }) => {
    if (pointer === undefined || pointer.revision < base.revision) return false
    return pointer.revision > base.revision || (!base.isSettled && !isKnown(pointer.hash))
  })
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
