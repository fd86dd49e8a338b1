import { expect, it, vi } from 'vitest'
import { createObservers } from '../../src/observers/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing'
import { parrot } from '../support/chat-scene'
import { closeAfterTest, textsOf } from '../support/fixture'
import { createDevice, openTab } from '../support/local-tabs'

const idle = { timeout: 15_000 }

/** A chat on a device of its own, which saves there first. */
async function openChat(backend: MemoryBackend) {
  const { sdk, outbox } = await openTab(createDevice(), new MemoryConversationStore(backend))
  const { storage, sessions, notifications } = sdk
  const observers = createObservers(
    { storage, sessions, outbox, notifications },
    { onFrame: (task) => task() },
  )
  const chat = observers.chats.get('one')
  closeAfterTest({ close: async () => chat.subscribe(() => {})() })
  chat.subscribe(() => {})
  await vi.waitFor(() => expect(chat.getSnapshot().status).toBe('ready'), idle)
  const statuses = () => chat.getSnapshot().messages.map(({ content, status }) => [content, status])
  return { chat, sdk, outbox, statuses }
}

it('A message says where it is: on this device, and then on the network', async () => {
  const { chat, statuses, outbox } = await openChat(new MemoryBackend())
  const seen = new Set<unknown>()
  chat.subscribe(() => {
    for (const [content, status] of statuses()) if (content === 'hello') seen.add(status)
  })
  expect((await chat.send('hello')).status).not.toBe('failed')
  await outbox.flush()
  await vi.waitFor(() => expect(statuses()).toEqual([['hello', 'saved']]), idle)
  expect([...seen].slice(0, 2)).toEqual(['saving', 'saved locally'])
})

it('What the outbox puts aside, because another device took over, is kept, and saved once when it is merged', async () => {
  const backend = new MemoryBackend()
  const [a, b] = [await openChat(backend), await openChat(backend)]
  await a.chat.send('first of a')
  await a.outbox.flush()
  await b.chat.stream('of b', { generate: parrot })
  await b.outbox.flush()
  // This device has not heard of the other one: it takes the message, and the network refuses it.
  await a.chat.send('mine')
  await a.outbox.flush()
  await vi.waitFor(() => expect(a.statuses()).toContainEqual(['mine', 'failed']), idle)
  expect(await a.outbox.listFailed()).toHaveLength(1)
  await a.chat.mergeMine()
  await a.outbox.flush()
  await vi.waitFor(() => expect(a.statuses()).toContainEqual(['mine', 'saved']), idle)
  expect(await a.outbox.listFailed()).toEqual([])
  expect(await textsOf(b.sdk, 'one')).toEqual(['first of a', 'of b', 'of b ', 'mine'])
})
