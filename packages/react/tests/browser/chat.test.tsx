import { type Generate, generateSeedPhrase } from '@s5-conversations/sdk-core'
import { expect, it } from 'vitest'
import {
  MessageList,
  SdkProvider,
  useAIChat,
  useConversation,
  useConversations,
  useSyncStatus,
} from '../../src/index'
import { Chat, find, mount, parrot, type Seen, startSdk, textsOf, until, untilReady } from '../support/page'

it('Ten messages sent at once are all saved, in their order, and each is answered', async () => {
  const seedPhrase = generateSeedPhrase()
  const [sdk, other] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
  const seen: Partial<Seen> = {}
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="ten" seen={seen} />
    </SdkProvider>,
  )
  const { chat } = await untilReady(seen)
  const sent = await Promise.all(Array.from({ length: 10 }, (_, i) => chat.send(`message ${i}`)))
  expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 'saved'))
  const texts = Array.from({ length: 10 }, (_, i) => [`message ${i}`, `message ${i} `]).flat()
  await until(() => expect(textsOf(seen)).toEqual(texts))
  await until(() => expect(seen.chat?.isStreaming).toBe(false))
  expect((await other.storage.loadConversation('ten'))?.messages).toHaveLength(20)
})

it('An answer of several hundred pieces is drawn at most once a frame', async () => {
  const sdk = await startSdk()
  const seen: Partial<Seen> = {}
  const generate: Generate = async function* () {
    const end = performance.now() + 1000
    while (performance.now() < end) {
      yield 'x'
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="fast" seen={seen} generate={generate} />
    </SdkProvider>,
  )
  const { chat } = await untilReady(seen)
  let frames = 0
  const count = () => {
    frames += 1
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  const before = seen.renders ?? 0
  const answer = await chat.stream('go')
  // Strictly, each render happens twice.
  const renders = ((seen.renders ?? 0) - before) / 2
  expect(String(answer.content).length).toBeGreaterThan(frames)
  expect(renders).toBeLessThanOrEqual(frames + 1)
})

function Listed({ id, seen }: { id: string; seen: Partial<Seen> }) {
  seen.chat = useAIChat({ conversationId: id, generate: parrot })
  return <MessageList messages={seen.chat.messages} />
}

it('A message that is HTML is shown as text, and no script of it runs', async () => {
  const sdk = await startSdk()
  const seen: Partial<Seen> = {}
  const evil = '<img src=x onerror="globalThis.wasRun = true"><script>globalThis.wasRun = true</script>'
  const { place } = mount(
    <SdkProvider sdk={sdk}>
      <Listed id="evil" seen={seen} />
    </SdkProvider>,
  )
  const { chat } = await untilReady(seen)
  await chat.send(evil)
  const message = await find(place, 'message')
  expect(message.textContent).toContain(evil)
  expect(place.querySelector('img, script')).toBeNull()
  expect(globalThis).not.toHaveProperty('wasRun')
})

it('Options that change identity at each render change nothing but what they say', async () => {
  const sdk = await startSdk()
  const seen: Partial<Seen> = {}
  const draw = (word: string) => (
    <SdkProvider sdk={sdk}>
      <Chat
        id="props"
        seen={seen}
        generate={async function* () {
          yield word
        }}
      />
    </SdkProvider>
  )
  const { render } = mount(draw('first'))
  const { send, stream } = (await untilReady(seen)).chat
  for (let i = 0; i < 20; i += 1) render(draw('later'))
  await until(async () => expect((await stream('say')).content).toBe('later'))
  expect(seen.chat?.send).toBe(send)
})

it('What is under way when a chat is unmounted is saved, to the end of its answer', async () => {
  const seedPhrase = generateSeedPhrase()
  const [sdk, other] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
  const seen: Partial<Seen> = {}
  let goOn = () => {}
  const mayEnd = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const generate: Generate = async function* () {
    yield 'begun '
    await mayEnd
    yield 'ended'
  }
  const { unmount } = mount(
    <SdkProvider sdk={sdk}>
      <Chat id="left" seen={seen} generate={generate} />
    </SdkProvider>,
  )
  const { chat } = await untilReady(seen)
  chat.send('ask')
  await until(() => expect(textsOf(seen)).toEqual(['ask', 'begun ']))
  unmount()
  // Longer than an observer that nobody needs is kept.
  await new Promise((resolve) => setTimeout(resolve, 1200))
  goOn()
  await until(async () => {
    const messages = (await other.storage.loadConversation('left'))?.messages ?? []
    expect(messages.map(({ content }) => content)).toEqual(['ask', 'begun ended'])
    expect(messages[1]?.metadata?.status).toBe('complete')
  })
})

function Lists() {
  const { items, hasMore, loadMore } = useConversations({ pageSize: 2 })
  const { conversation } = useConversation('a')
  return (
    <>
      <p data-testid="items">{items.map(({ id }) => id).join()}</p>
      <p data-testid="count">{conversation?.messageCount}</p>
      <p data-testid="sync">{useSyncStatus().status}</p>
      {hasMore && (
        <button type="button" data-testid="more" onClick={loadMore}>
          More
        </button>
      )}
    </>
  )
}

it('Conversations come in pages, one is shown as it changes, and all of them are saved', async () => {
  const seedPhrase = generateSeedPhrase()
  const [sdk, other] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
  for (const id of ['a', 'b', 'c']) await other.storage.appendMessage(id, { role: 'user', content: id })
  const { place } = mount(
    <SdkProvider sdk={sdk}>
      <Lists />
    </SdkProvider>,
  )
  ;(await find(place, 'more')).click()
  await until(() => expect(place.querySelector('[data-testid="items"]')?.textContent).toBe('c,b,a'))
  expect(place.querySelector('[data-testid="more"]')).toBeNull()
  await other.storage.appendMessage('a', { role: 'user', content: 'more' })
  await until(() => expect(place.querySelector('[data-testid="count"]')?.textContent).toBe('2'))
  expect((await find(place, 'sync')).textContent).toBe('saved')
})

it('Two components with one conversation show the same, and one session writes', async () => {
  const sdk = await startSdk()
  const [one, two]: [Partial<Seen>, Partial<Seen>] = [{}, {}]
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="shared" seen={one} />
      <Chat id="shared" seen={two} generate={parrot} />
    </SdkProvider>,
  )
  const [first, second] = [await untilReady(one), await untilReady(two)]
  await Promise.all([first.chat.stream('from one'), second.chat.stream('from two')])
  await until(() => expect(textsOf(one)).toHaveLength(4))
  expect(textsOf(two)).toEqual(textsOf(one))
  expect(one.chat?.conflict).toBeNull()
  expect((await sdk.sessions.listSessions()).items).toHaveLength(1)
})
