'use client'

import type { ImportProgress, ImportReport } from '@s5-conversations/sdk-core'
import { useEffect, useRef, useState } from 'react'
import { describeError } from '../describe-error'
import { useHarness } from '../sdk/use-page-session'

export type ImportState =
  | { status: 'idle' }
  | { status: 'running'; progress: ImportProgress | undefined; totalBytes: number }
  | { status: 'done'; report: ImportReport }
  | { status: 'failed'; problem: string }

/** Imports files into the conversations of who is signed in. What was imported before an abort stays. */
export function useImport(): { state: ImportState; run(file: File): Promise<void>; abort(): void } {
  const { storage } = useHarness().sdk
  const [state, setState] = useState<ImportState>({ status: 'idle' })
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const run = async (file: File) => {
    const controller = new AbortController()
    running.current = controller
    const show = (progress?: ImportProgress) =>
      setState({ status: 'running', progress, totalBytes: file.size })
    show()
    try {
      const report = await storage.importConversations(file, { onProgress: show, signal: controller.signal })
      setState({ status: 'done', report })
    } catch (error) {
      const problem = controller.signal.aborted
        ? 'Stopped. What was read so far is kept.'
        : describeError(error)
      setState({ status: 'failed', problem })
    }
  }
  return { state, run, abort: () => running.current?.abort() }
}
