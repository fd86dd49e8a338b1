import { describe, expect, it, vi } from 'vitest'
import { type ConversationSummary, createSdk, type ListOptions } from '../../src/index'
import { ConversationListObserver } from '../../src/observers/conversation-list-observer'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { FakeClock } from '../support/fake-clock'
import { closeAfterTest, user } from '../support/fixture'

/** A list in whatever order is set; its cursors are places in it. */
class MovingList {
  order: string[] = []
  reads = 0
  listeners = new Set<() => void>()
  /** Reads wait for it. */
  answers: Promise<void> = Promise.resolve()

  async listConversations({ limit = 0, cursor = '0' }: ListOptions = {}) {
    this.reads += 1
    await this.answers
    const end = Number(cursor) + limit
    const items = this.order.slice(Number(cursor), end).map(summaryOf)
    return end < this.order.length ? { items, cursor: String(end) } : { items }
  }

  watchConversations(listener: () => void) {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  change(...order: string[]) {
    this.order = order
    for (const listener of this.listeners) listener()
  }
}

function summaryOf(id: string): ConversationSummary {
  return { id, createdAt: 0, updatedAt: 0, version: 1, messageCount: 1, encrypted: true }
}

function observe(storage = new MovingList()) {
  const clock = new FakeClock()
  const list = new ConversationListObserver({ storage, pageSize: 2, clock, onFrame: (task) => task() })
  const shown = () => list.getSnapshot().items.map(({ id }) => id)
  return { storage, clock, list, shown }
}

describe('A list of conversations', () => {
  it('that moves between two pages, as when the network answers after the device, is shown whole', async () => {
    const { storage, list, shown } = observe()
    storage.order = ['a', 'b', 'c', 'd', 'e', 'f']
    await list.refresh()
    storage.order = ['e', 'f', 'a', 'b', 'c', 'd']
    await list.loadMore()
    expect(shown()).toEqual(['e', 'f', 'a', 'b'])
    await list.loadMore()
    expect(shown()).toEqual(['e', 'f', 'a', 'b', 'c', 'd'])
    expect(list.getSnapshot().hasMore).toBe(false)
  })

  it('follows what is changed by others; many changes are one read, however long it takes', async () => {
    const { storage, clock, list, shown } = observe()
    const stop = list.subscribe(() => {})
    await list.refresh()
    const before = storage.reads
    for (let i = 0; i < 100; i += 1) storage.change(`a${i}`)
    clock.advance(250)
    await list.refresh()
    expect(shown()).toEqual(['a99'])
    expect(storage.reads - before).toBe(2)

    let answer = () => {}
    storage.answers = new Promise((resolve) => {
      answer = resolve
    })
    const slow = list.refresh()
    await new Promise(setImmediate)
    for (let i = 0; i < 100; i += 1) {
      storage.change(`b${i}`)
      clock.advance(250)
    }
    expect(storage.reads - before).toBe(3)
    answer()
    await slow
    await list.refresh()
    expect(shown()).toEqual(['b99'])
    expect(storage.reads - before).toBe(5)
    stop()
    list.close()
    expect(storage.listeners.size).toBe(0)
  })

  it('follows what is saved here also with a store that cannot tell', async () => {
    const sdk = closeAfterTest(await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) }))
    const list = new ConversationListObserver({ storage: sdk.storage, onFrame: (task) => task() })
    sdk.storage.watchConversations(() => {
      throw new Error('a bug of the application')
    })
    list.subscribe(() => {})
    await sdk.storage.appendMessage('one', user('hello'))
    await vi.waitFor(() => expect(list.getSnapshot().items).toMatchObject([{ id: 'one', messageCount: 1 }]))
    list.close()
  })
})
