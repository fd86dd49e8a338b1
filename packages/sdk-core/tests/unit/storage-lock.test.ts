import { afterEach, describe, expect, it, vi } from 'vitest'
import { LockTimeoutError, RevisionConflictError, withConversationLock } from '../../src/index'
import { translateForeignError } from '../../src/storage/foreign-errors'
import { type LockTable, withKeyedLock } from '../../src/storage/keyed-lock'

/** A promise and the functions that settle it. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

describe('The lock of a conversation', () => {
  it('runs tasks of one key one after another, in the order they came', async () => {
    const locks: LockTable = new Map()
    const events: string[] = []
    const task = (name: string) => async () => {
      events.push(`${name} starts`)
      await Promise.resolve()
      events.push(`${name} ends`)
    }
    await Promise.all(['a', 'b', 'c'].map((name) => withKeyedLock(locks, 'one', task(name))))
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
  })

  it('lets another key run while one is held', async () => {
    const locks: LockTable = new Map()
    const gate = deferred()
    const held = withKeyedLock(locks, 'one', () => gate.promise)
    await expect(withKeyedLock(locks, 'two', async () => 'done')).resolves.toBe('done')
    gate.resolve()
    await held
  })

  it('does not start a task before the one before it has ended', async () => {
    const locks: LockTable = new Map()
    const gate = deferred()
    let started = false
    const first = withKeyedLock(locks, 'one', () => gate.promise)
    const second = withKeyedLock(locks, 'one', async () => {
      started = true
    })
    await new Promise((resolve) => setTimeout(resolve))
    expect(started).toBe(false)
    gate.resolve()
    await Promise.all([first, second])
    expect(started).toBe(true)
  })

  it('goes on after a failure, which reaches its own caller only', async () => {
    const locks: LockTable = new Map()
    const failing = withKeyedLock(locks, 'one', async () => {
      throw new Error('first failed')
    })
    const next = withKeyedLock(locks, 'one', async () => 'second ran')
    await expect(failing).rejects.toThrow('first failed')
    await expect(next).resolves.toBe('second ran')
  })

  it('turns a synchronous throw into a rejection and frees the key', async () => {
    const locks: LockTable = new Map()
    const throwing = (): Promise<void> => {
      throw new Error('at once')
    }
    await expect(withKeyedLock(locks, 'one', throwing)).rejects.toThrow('at once')
    expect(locks.size).toBe(0)
  })

  it('gives back what the task gives', async () => {
    await expect(withKeyedLock(new Map(), 'one', async () => 42)).resolves.toBe(42)
  })

  it('keeps nothing for a key when its last task has ended', async () => {
    const locks: LockTable = new Map()
    const tasks = Array.from({ length: 100 }, (_, i) => withKeyedLock(locks, `key ${i % 7}`, async () => i))
    expect(locks.size).toBe(7)
    await Promise.all(tasks)
    expect(locks.size).toBe(0)
  })
})

describe('The exported lock', () => {
  afterEach(() => vi.useRealTimers())

  it('serialises tasks of one key for the whole process', async () => {
    const events: string[] = []
    const task = (name: string) => async () => {
      events.push(`${name} starts`)
      await Promise.resolve()
      events.push(`${name} ends`)
    }
    await Promise.all([withConversationLock('user:1', task('a')), withConversationLock('user:1', task('b'))])
    expect(events).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
  })

  it('aborts a task that outlives its deadline, tells its caller, and lets the next one in', async () => {
    vi.useFakeTimers()
    const seen: AbortSignal[] = []
    const stuck = withConversationLock(
      'stuck',
      (signal) => {
        seen.push(signal)
        return new Promise(() => {})
      },
      { deadlineMs: 5000 },
    )
    const next = withConversationLock('stuck', async () => 'ran')
    const failure = stuck.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(4999)
    expect(seen[0]?.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await failure).toBeInstanceOf(LockTimeoutError)
    expect(await failure).toMatchObject({ code: 'LOCK_TIMEOUT', retryable: true, outcome: 'unknown' })
    expect(seen[0]?.aborted).toBe(true)
    await expect(next).resolves.toBe('ran')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for other tabs by Web Locks where the platform has them', async () => {
    const names: string[] = []
    const request = async (name: string, task: () => Promise<unknown>) => {
      names.push(name)
      return task()
    }
    vi.stubGlobal('navigator', { locks: { request } })
    try {
      await expect(withConversationLock('one', async () => 7, { scope: 'owner' })).resolves.toBe(7)
    } finally {
      vi.unstubAllGlobals()
    }
    expect(names).toEqual(['owner/one'])
  })
})

describe('A foreign conflict', () => {
  const directory = Object.assign(new Error(''), { e: new Error('Revision number too low') })
  directory.toString = () => 'DirectoryTransactionException: Error: Revision number too low'

  it.each([
    ['by its message', new Error('Revision number too low')],
    ['by String() where the message is empty', directory],
    ['by its cause in .e', Object.assign(new Error(''), { e: 'DirectoryTransactionException: x' })],
  ])('is known %s', (_, error) => {
    expect(translateForeignError(error)).toBeInstanceOf(RevisionConflictError)
    expect(translateForeignError(error)).toMatchObject({ retryable: true, cause: error })
  })

  it.each([[new Error('')], [new Error('Network error')], ['Revision number too low'], [undefined]])(
    'is not %s',
    (error) => expect(translateForeignError(error)).toBe(error),
  )
})
