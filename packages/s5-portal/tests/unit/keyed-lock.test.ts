import { describe, expect, it } from 'vitest'
import { KeyedLock } from '../../src/blobs/keyed-lock'

function createGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('a keyed lock', () => {
  it('lets the tasks of one key run one after another, in the order they came', async () => {
    const lock = new KeyedLock()
    const gate = createGate()
    const log: string[] = []
    const first = lock.run('a', async () => {
      await gate.opened
      log.push('first')
    })
    const second = lock.run('a', async () => void log.push('second'))
    gate.open()
    await Promise.all([second, first])
    expect(log).toEqual(['first', 'second'])
  })

  it('does not let one key wait for another', async () => {
    const lock = new KeyedLock()
    const gate = createGate()
    const held = lock.run('a', () => gate.opened)
    expect(await lock.run('b', async () => 'done')).toBe('done')
    gate.open()
    await held
  })

  it('gives a failure to its own task only', async () => {
    const lock = new KeyedLock()
    const failing = lock.run('a', () => Promise.reject(new Error('broken')))
    const next = lock.run('a', async () => 'done')
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('done')
  })
})
