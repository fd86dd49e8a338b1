import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { generateSeedPhrase } from '../../src/index'
import { closeAfterTest } from './fixture'

const WORKER = fileURLToPath(new URL('../workers/append.mjs', import.meta.url))

export interface WorkerReport {
  /** Appends this process was told had succeeded. */
  acknowledged: number
  /** What it then reads. */
  texts: string[]
}

/**
 * Runs `processes` that append `count` messages each to one conversation through the built package, and then,
 * when all are done, read it back. `atOnce` issues all of a process's appends without waiting.
 */
export async function runAppendProcesses(
  portal: string,
  processes: number,
  count: number,
  atOnce: boolean,
): Promise<WorkerReport[]> {
  const job = { portal, seedPhrase: generateSeedPhrase(), conversationId: 'one', count, atOnce }
  const workers = Array.from({ length: processes }, (_, i) => startWorker({ ...job, prefix: `process ${i}` }))
  await Promise.all(workers.map((worker) => nextMessage(worker)))
  for (const worker of workers) worker.send('read')
  return Promise.all(workers.map((worker) => nextMessage<WorkerReport>(worker)))
}

function startWorker(job: object): ChildProcess {
  const child = fork(WORKER, { execArgv: [] })
  closeAfterTest({ close: async () => void child.kill('SIGKILL') })
  child.send(job)
  return child
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the worker ended with code ${code}`)
  })
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [T]
  return message
}
