import { expect, test, vi } from 'vitest'
import { CallScope } from '../../src/http/call-scope'
import { SerialQueue } from '../../src/http/serial-queue'
import { withDeadline } from '../../src/http/with-deadline'
import { DeadlineExceededError, InvalidInputError } from '../../src/index'

const whenAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('whatever the task makes of it')))
  })

test('a task that overruns its deadline rejects with a retryable TIMEOUT', async () => {
  const overrun = withDeadline({ timeoutMs: 5 }, 30_000, ({ signal }) => whenAborted(signal))
  await expect(overrun).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true })
  await expect(overrun).rejects.toThrow(DeadlineExceededError)
})

test('an abort rejects with the very reason of the caller', async () => {
  const controller = new AbortController()
  const call = withDeadline({ signal: controller.signal }, 30_000, ({ signal }) => whenAborted(signal))
  const reason = { any: 'value' }
  controller.abort(reason)
  expect(await call.catch((error: unknown) => error)).toBe(reason)
})

test('a task that ends well after the abort has come too late', async () => {
  const controller = new AbortController()
  const call = withDeadline({ signal: controller.signal }, 30_000, async () => controller.abort('enough'))
  await expect(call).rejects.toBe('enough')
})

test('a signal that is aborted already keeps the task from starting', async () => {
  const task = vi.fn()
  await expect(withDeadline({ signal: AbortSignal.abort('no') }, 1000, task)).rejects.toBe('no')
  expect(task).not.toHaveBeenCalled()
})

test('no timer stays behind, and one signal serves many calls without a warning', async () => {
  const warnings: unknown[] = []
  const onWarning = (warning: unknown) => warnings.push(warning)
  process.on('warning', onWarning)
  vi.useFakeTimers()
  try {
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 40 }, () => withDeadline({ signal }, 1000, async () => 1)))
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})

test('a deadline that is no positive number is refused', async () => {
  for (const timeoutMs of [0, -1, Number.NaN]) {
    await expect(withDeadline({ timeoutMs }, 1000, async () => 1)).rejects.toThrow(InvalidInputError)
  }
  expect(await withDeadline({ timeoutMs: Number.POSITIVE_INFINITY }, 1000, async () => 1)).toBe(1)
})

test('closing a scope ends calls under way and refuses later ones', async () => {
  const scope = new CallScope(30_000)
  const call = scope.run({}, ({ signal }) => whenAborted(signal))
  scope.close()
  await expect(call).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(scope.run({}, async () => 1)).rejects.toMatchObject({ code: 'CLOSED' })
})

test('queued tasks run one after another, and one that is aborted while waiting never starts', async () => {
  const queue = new SerialQueue()
  const order: string[] = []
  let finishFirst = () => {}
  const gate = new Promise<void>((resolve) => {
    finishFirst = resolve
  })
  const call = (signal: AbortSignal) => ({ signal, timeoutMs: 1000 })
  const controller = new AbortController()
  const { signal } = new AbortController()
  const first = queue.run(call(signal), async () => {
    await gate
    order.push('first')
    throw new Error('a failure does not stop the queue')
  })
  const aborted = queue.run(call(controller.signal), async () => order.push('aborted'))
  const last = queue.run(call(signal), async () => order.push('last'))
  controller.abort('enough')
  await expect(aborted).rejects.toBe('enough')
  finishFirst()
  await expect(first).rejects.toThrow('a failure')
  await last
  expect(order).toEqual(['first', 'last'])
})
