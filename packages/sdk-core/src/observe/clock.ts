/** Time, and waiting. */
export interface Clock {
  /** ms since 1970. */
  now(): number
  /** Runs `task` once after `delayMs`. Gives back how to call it off. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
