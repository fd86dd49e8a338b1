import type { Clock } from '../observe/clock'
import { type LockTable, withKeyedLock } from '../storage/keyed-lock'
import type { TabChannel } from './tab-channel'

/** A leader that is not heard of for so long is frozen, and is replaced; in ms. */
const SILENCE_MS = 10_000
const BEATS = 5

export interface LeadershipOptions {
  name: string
  channel: TabChannel
  clock: Clock
  /** @default those of the platform; within this process where there are none */
  locks?: LockManager | undefined
  /** @default 10 000 */
  silenceMs?: number
}

const turns: LockTable = new Map()

type Task = (signal: AbortSignal) => Promise<void>

/**
 * Runs `task` while no other tab runs one of the same name. A tab that dies lets go at once; one that freezes
 * is replaced when it has been silent for a while, and its task is aborted when it wakes up.
 */
export async function lead(options: LeadershipOptions, signal: AbortSignal, task: Task): Promise<void> {
  const locks = options.locks ?? (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  if (locks === undefined) return withKeyedLock(turns, options.name, () => unlessAborted(signal, task))
  const silence = new AbortController()
  const stopWatching = watchForSilence(options, silence)
  const whenFree = { signal: AbortSignal.any([signal, silence.signal]) }
  try {
    await hold(locks, options, whenFree, (held) => {
      stopWatching()
      return beatWhile(options, () => unlessAborted(AbortSignal.any([signal, held]), task))
    })
  } catch (error) {
    if (signal.aborted) return
    if (!silence.signal.aborted) throw error
    await hold(locks, options, { steal: true }, (held) =>
      beatWhile(options, () => unlessAborted(AbortSignal.any([signal, held]), task)),
    )
  } finally {
    stopWatching()
  }
}

/** Runs `task` under the lock; its signal aborts when another tab takes the lock away. */
async function hold(
  locks: LockManager,
  { name }: LeadershipOptions,
  lockOptions: LockOptions,
  task: Task,
): Promise<void> {
  const replaced = new AbortController()
  let running: Promise<void> | undefined
  try {
    await locks.request(name, lockOptions, () => {
      running = task(replaced.signal)
      return running
    })
  } catch (error) {
    if (running === undefined) throw error
    replaced.abort(error)
    await running
  }
}

/** Aborts `silence` when no leader was heard of for the whole time; gives back how to stop. */
function watchForSilence(
  { channel, clock, silenceMs = SILENCE_MS }: LeadershipOptions,
  silence: AbortController,
): () => void {
  let silentBeats = 0
  const stopListening = channel.listen(({ kind }) => {
    if (kind === 'leading') silentBeats = 0
  })
  const stopBeating = every(silenceMs / BEATS, clock, () => {
    silentBeats += 1
    if (silentBeats === BEATS) silence.abort(new Error('the leader is silent'))
  })
  return () => {
    stopListening()
    stopBeating()
  }
}

/** Other tabs hear that this one is alive while `task` runs. */
async function beatWhile(
  { channel, clock, silenceMs = SILENCE_MS }: LeadershipOptions,
  task: () => Promise<void>,
): Promise<void> {
  const stop = every(silenceMs / BEATS / 2, clock, () => channel.post({ kind: 'leading' }))
  try {
    await task()
  } finally {
    stop()
  }
}

function every(intervalMs: number, clock: Clock, task: () => void): () => void {
  let cancel = () => {}
  const next = () => {
    cancel = clock.after(intervalMs, () => {
      task()
      next()
    })
  }
  next()
  return () => cancel()
}

async function unlessAborted(signal: AbortSignal, task: Task): Promise<void> {
  if (!signal.aborted) await task(signal)
}
