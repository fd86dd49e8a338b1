import { LockTimeoutError } from '../errors/conflict-errors'

/** The queue of each key that is held: when its last task ends. */
export type LockTable = Map<string, Promise<void>>

/** How long a lock may be held, and who waits for whom. */
export interface ConversationLockOptions {
  /** Tasks that share a table wait for each other. @default one table for the whole process */
  locks?: LockTable
  /** How long a task may hold the lock, in ms. @default 30 000 */
  deadlineMs?: number
  /** Waits for other tabs too, where the platform has Web Locks; tabs of one scope wait for each other. */
  scope?: string
}

export const LOCK_DEADLINE_MS = 30_000

const sharedLocks: LockTable = new Map()

/**
 * Runs `task` when all earlier tasks of the same key have ended, whether they succeeded or not; tasks of other
 * keys run in parallel. Gives back what the task gives or throws. Not re-entrant. Nothing is kept for a key
 * that nobody waits for.
 *
 * A task that outlives the deadline gets its signal aborted and loses the lock; its caller is not told what
 * became of it.
 * @throws LockTimeoutError past the deadline
 */
export function withConversationLock<T>(
  lockKey: string,
  task: (signal: AbortSignal) => Promise<T>,
  { locks = sharedLocks, deadlineMs = LOCK_DEADLINE_MS, scope }: ConversationLockOptions = {},
): Promise<T> {
  const holding = () => holdUntil(deadlineMs, task)
  return withKeyedLock(locks, lockKey, () =>
    scope === undefined ? holding() : withWebLock(`${scope}/${lockKey}`, holding),
  )
}

/** The lock without deadline and within one process: the queue that all others are made of. */
export async function withKeyedLock<T>(locks: LockTable, key: string, task: () => Promise<T>): Promise<T> {
  const before = locks.get(key) ?? Promise.resolve()
  const running = before.then(task)
  const ended = running.then(noop, noop)
  locks.set(key, ended)
  try {
    return await running
  } finally {
    if (locks.get(key) === ended) locks.delete(key)
  }
}

async function holdUntil<T>(deadlineMs: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new LockTimeoutError(deadlineMs)
      controller.abort(error)
      reject(error)
    }, deadlineMs)
  })
  try {
    return await Promise.race([task(controller.signal), expired])
  } finally {
    clearTimeout(timer)
  }
}

function withWebLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>
  return locks === undefined ? task() : (locks.request(name, task) as Promise<T>)
}

function noop(): void {}
