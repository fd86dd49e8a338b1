import { describe, expect, it } from 'vitest'
import type { ConversationSummary, ListOptions } from '../../src/index'
import { ConversationListObserver } from '../../src/observers/conversation-list-observer'

/** A list in whatever order is set; its cursors are places in it. */
class MovingList {
  order: string[] = []

  async listConversations({ limit = 0, cursor = '0' }: ListOptions = {}) {
    const end = Number(cursor) + limit
    const items = this.order.slice(Number(cursor), end).map(summaryOf)
    return end < this.order.length ? { items, cursor: String(end) } : { items }
  }
}

function summaryOf(id: string): ConversationSummary {
  return { id, createdAt: 0, updatedAt: 0, version: 1, messageCount: 1, encrypted: true }
}

describe('A list of conversations', () => {
  it('that moves between two pages, as when the network answers after the device, is shown whole', async () => {
    const storage = new MovingList()
    const list = new ConversationListObserver({ storage, pageSize: 2, onFrame: (task) => task() })
    const shown = () => list.getSnapshot().items.map(({ id }) => id)
    storage.order = ['a', 'b', 'c', 'd', 'e', 'f']
    await list.refresh()
    storage.order = ['e', 'f', 'a', 'b', 'c', 'd']
    await list.loadMore()
    expect(shown()).toEqual(['e', 'f', 'a', 'b'])
    await list.loadMore()
    expect(shown()).toEqual(['e', 'f', 'a', 'b', 'c', 'd'])
    expect(list.getSnapshot().hasMore).toBe(false)
  })
})
