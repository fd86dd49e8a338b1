import { describe, expect, it } from 'vitest'
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
    await new Promise((resolve) => setImmediate(resolve))
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
