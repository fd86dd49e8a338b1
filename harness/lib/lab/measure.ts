import type { Sdk } from '@s5-conversations/sdk-core'

/** What an operation cost. */
export interface Measurement {
  requests: number
  /** Bytes of request and answer bodies. */
  bytesUp: number
  bytesDown: number
  ms: number
}

/** Runs a task and counts what its SDK did meanwhile. */
export async function measure({ storage }: Sdk, task: () => Promise<unknown>): Promise<Measurement> {
  const before = storage.getStats()
  const start = performance.now()
  await task()
  const ms = performance.now() - start
  const { requests, bytesUp, bytesDown } = storage.getStats()
  return {
    requests: requests - before.requests,
    bytesUp: bytesUp - before.bytesUp,
    bytesDown: bytesDown - before.bytesDown,
    ms,
  }
}
