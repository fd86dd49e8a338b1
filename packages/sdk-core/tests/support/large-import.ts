import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { generateSeedPhrase, type ImportReport } from '../../src/index'
import { startPortal } from './fixture'

const CHILD = fileURLToPath(new URL('./import-child.mjs', import.meta.url))

export interface LargeImport {
  conversations: number
  /** Of each conversation. */
  messages: number
  /** Of each message. */
  bytes: number
  heapMegabytes: number
}

/** Imports by the built SDK in a process whose heap is limited: Node ends it where that is not enough. */
export async function expectCheapImport({ conversations, messages, bytes, heapMegabytes }: LargeImport) {
  const portal = await startPortal()
  const args = [portal.url, generateSeedPhrase(), conversations, messages, bytes].map(String)
  const child = fork(CHILD, args, { execArgv: [`--max-old-space-size=${heapMegabytes}`] })
  let outcome: { report: ImportReport; commits: number } | undefined
  child.on('message', (message) => {
    outcome = message as typeof outcome
  })
  const [code] = await once(child, 'exit')
  expect({ code, outcome }).toMatchObject({
    code: 0,
    outcome: { report: { conversations, messages: conversations * messages, skipped: 0, failures: 0 } },
  })
  expect(outcome?.commits).toBeLessThanOrEqual((conversations * messages) / 250)
}
