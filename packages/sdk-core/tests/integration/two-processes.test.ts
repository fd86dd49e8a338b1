import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { generateSeedPhrase } from '../../src/index'
import { closeAfterTest, startPortal } from '../support/fixture'

const WORKER = fileURLToPath(new URL('../workers/append.mjs', import.meta.url))
const COUNT = 250

interface WorkerReport {
  acknowledged: number
  texts: string[]
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

it('Two processes that append 250 messages each find all 500, once, in the same order', async () => {
  const portal = await startPortal()
  const job = { portal: portal.url, seedPhrase: generateSeedPhrase(), conversationId: 'one', count: COUNT }
  const workers = ['a', 'b'].map((prefix) => startWorker({ ...job, prefix }))
  await Promise.all(workers.map((worker) => nextMessage(worker)))
  for (const worker of workers) worker.send('read')
  const [a, b] = await Promise.all(workers.map((worker) => nextMessage<WorkerReport>(worker)))
  expect((a?.acknowledged ?? 0) + (b?.acknowledged ?? 0)).toBe(2 * COUNT)
  expect(a?.texts).toHaveLength(2 * COUNT)
  expect(new Set(a?.texts).size).toBe(2 * COUNT)
  expect(b?.texts).toEqual(a?.texts)
})
