import { useEffect, useRef, useState } from 'react'
import { useAction } from '@/lib/lab/use-action'
import type { Harness } from '@/lib/sdk/harness'
import { type BenchSize, planBench } from './bench-plan'
import { runBench, type StepResult } from './run-bench'

export interface BenchReport {
  /** When it ended, as ISO 8601. */
  at: string
  portal: string
  size: BenchSize
  steps: readonly StepResult[]
}

export interface BenchProgress {
  step: string
  done: number
  of: number
}

/** Runs benchmarks, one at a time; what is running ends with the component. */
export function useBench(harness: Harness) {
  const [progress, setProgress] = useState<BenchProgress>()
  const [report, setReport] = useState<BenchReport>()
  const controller = useRef<AbortController>(undefined)
  useEffect(() => () => controller.current?.abort(), [])
  const action = useAction(async (size: BenchSize) => {
    controller.current = new AbortController()
    const { signal } = controller.current
    const onProgress = (step: string, done: number, of: number) => setProgress({ step, done, of })
    try {
      const steps = await runBench(harness, planBench(size, crypto.randomUUID()), { signal, onProgress })
      setReport({ at: new Date().toISOString(), portal: harness.config.portalUrl, size, steps })
    } finally {
      setProgress(undefined)
    }
  })
  const cancel = () => controller.current?.abort(new Error('Cancelled before its end.'))
  return { ...action, progress, report, cancel }
}
