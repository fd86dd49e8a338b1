import type { Sdk } from '@s5-conversations/sdk-core'
import { type Measurement, measure } from '@/lib/lab/measure'
import { watchRoundTrips } from '@/lib/lab/round-trips'
import type { Harness } from '@/lib/sdk/harness'
import type { BenchStep } from './bench-plan'

/** What one operation of a step costs: means, but for the times. */
export interface StepResult {
  name: string
  /** What one operation is. */
  hint: string
  operations: number
  requests: number
  roundTrips: number
  bytesUp: number
  bytesDown: number
  medianMs: number
  /** 95 of 100 were as fast. */
  p95Ms: number
}

interface BenchOptions {
  signal: AbortSignal
  /** Called after each operation. */
  onProgress(step: string, done: number, of: number): void
}

type Operation = Measurement & { roundTrips: number }

/** Runs the steps with clients of their own, one operation at a time. @throws the reason of the signal */
export async function runBench(
  harness: Harness,
  steps: readonly BenchStep[],
  { signal, onProgress }: BenchOptions,
): Promise<StepResult[]> {
  const of = steps.reduce((sum, { operations }) => sum + operations, 0)
  const results: StepResult[] = []
  let done = 0
  const writer = await openReady(harness)
  try {
    for (const step of steps) {
      const sdk = step.isCold ? await openReady(harness) : writer
      await step.prepare?.(sdk)
      const operations: Operation[] = []
      for (let i = 0; i < step.operations; i += 1) {
        signal.throwIfAborted()
        operations.push(await runOperation(harness.config.portalUrl, sdk, () => step.run(sdk, i)))
        done += 1
        onProgress(step.name, done, of)
      }
      if (sdk !== writer) await sdk.close()
      results.push(summarise(step, operations))
    }
    return results
  } finally {
    await writer.close()
  }
}

/** Signing in is no part of what is measured. */
async function openReady(harness: Harness): Promise<Sdk> {
  const sdk = await harness.openAnotherClient()
  await sdk.storage.inspectConversation('no such conversation')
  return sdk
}

async function runOperation(portalUrl: string, sdk: Sdk, task: () => Promise<unknown>): Promise<Operation> {
  let measured: Measurement | undefined
  const roundTrips = await watchRoundTrips(portalUrl, async () => {
    measured = await measure(sdk, task)
  })
  return { ...(measured as Measurement), roundTrips }
}

function summarise({ name, hint }: BenchStep, operations: readonly Operation[]): StepResult {
  const mean = (of: (operation: Operation) => number) =>
    round(operations.reduce((sum, operation) => sum + of(operation), 0) / operations.length)
  const times = operations.map(({ ms }) => ms).sort((a, b) => a - b)
  return {
    name,
    hint,
    operations: operations.length,
    requests: mean(({ requests }) => requests),
    roundTrips: mean(({ roundTrips }) => roundTrips),
    bytesUp: mean(({ bytesUp }) => bytesUp),
    bytesDown: mean(({ bytesDown }) => bytesDown),
    medianMs: round(quantile(times, 0.5)),
    p95Ms: round(quantile(times, 0.95)),
  }
}

/** Of times in rising order. */
function quantile(times: readonly number[], part: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
