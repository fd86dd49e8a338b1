/** The queue of each key that is held: when its last task ends. */
export type LockTable = Map<string, Promise<void>>

/**
 * Runs `task` when all earlier tasks of the same key have ended, whether they succeeded or not.
 * Tasks of other keys run in parallel. Gives back what `task` gives or throws. Not re-entrant.
 * The table holds nothing for a key that nobody waits for.
 */
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

function noop(): void {}
