import { generateSeedPhrase, type Sdk } from '@s5-conversations/sdk-core'
import { Component, type ReactNode } from 'react'
import { expect, it } from 'vitest'
import { SdkProvider, useSdk } from '../../src/index'
import { Chat, mount, type Seen, startSdk, textsOf, until, untilReady } from '../support/page'

function Status() {
  const { status, error } = useSdk()
  return <p>{error instanceof Error ? `${status}: ${error.message}` : status}</p>
}

it('A promise of an SDK is waited for, and what is sent meanwhile is saved', async () => {
  const sdk = await startSdk()
  const seen: Partial<Seen> = {}
  let give = (_: Sdk) => {}
  const promise = new Promise<Sdk>((resolve) => {
    give = resolve
  })
  const { place } = mount(
    <SdkProvider sdk={promise}>
      <Status />
      <Chat id="early" seen={seen} />
    </SdkProvider>,
  )
  await until(() => expect(place.textContent).toBe('loading'))
  const sent = seen.chat?.send('early')
  give(sdk)
  expect(await sent).toMatchObject({ content: 'early', status: 'saved' })
  await until(() => expect(textsOf(seen)).toEqual(['early', 'early ']))
})

it('A promise that rejects is a state', async () => {
  let fail = (_: Error) => {}
  const promise = new Promise<Sdk>((_, reject) => {
    fail = reject
  })
  const { place } = mount(
    <SdkProvider sdk={promise}>
      <Status />
      <Chat id="never" seen={{}} />
    </SdkProvider>,
  )
  await until(() => expect(place.textContent).toBe('loading'))
  fail(new Error('no portal'))
  await until(() => expect(place.textContent).toBe('failed: no portal'))
})

it('Two providers show each its own, also inside each other', async () => {
  const [a, b] = [await startSdk(), await startSdk()]
  const [inA, inB, again]: Partial<Seen>[] = [{}, {}, {}]
  mount(
    <SdkProvider sdk={a}>
      <Chat id="one" seen={inA ?? {}} />
      <SdkProvider sdk={b}>
        <Chat id="one" seen={inB ?? {}} />
      </SdkProvider>
      <Chat id="one" seen={again ?? {}} />
    </SdkProvider>,
  )
  const [first, second] = [await untilReady(inA ?? {}), await untilReady(inB ?? {})]
  await Promise.all([first.chat.send('to a'), second.chat.send('to b')])
  await until(() => expect(textsOf(again ?? {})).toContain('to a'))
  expect(textsOf(again ?? {})).not.toContain('to b')
  expect((await b.storage.loadConversation('one'))?.messages[0]?.content).toBe('to b')
})

it('A provider that gets another SDK shows what that one has', async () => {
  const [a, b] = [await startSdk(), await startSdk()]
  await b.storage.appendMessage('one', { role: 'user', content: 'of b' })
  const seen: Partial<Seen> = {}
  const draw = (sdk: Sdk | Promise<Sdk>) => (
    <SdkProvider sdk={sdk}>
      <Chat id="one" seen={seen} />
    </SdkProvider>
  )
  const { render } = mount(draw(a))
  await (await untilReady(seen)).chat.stream('of a')
  render(draw(b))
  await until(() => expect(textsOf(seen)).toEqual(['of b']))
  render(draw(Promise.resolve(a)))
  await until(() => expect(textsOf(seen)).toEqual(['of a', 'of a ']))
})

it('An SDK that is closed under a chat is a state, and what is shown stays', async () => {
  const sdk = await startSdk()
  const seen: Partial<Seen> = {}
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="one" seen={seen} />
    </SdkProvider>,
  )
  const { chat } = await untilReady(seen)
  await chat.stream('kept')
  await sdk.close()
  expect(await chat.send('late')).toMatchObject({ status: 'failed' })
  await chat.refresh()
  await until(() => expect(seen.chat?.status).toBe('closed'))
  await until(() => expect(textsOf(seen)).toEqual(['kept', 'kept ', 'late']))
})

it('Who signs out and in again is shown their own', async () => {
  const [seedPhrase, sdk] = [generateSeedPhrase(), await startSdk()]
  const other = await startSdk(seedPhrase)
  await other.storage.appendMessage('one', { role: 'user', content: 'of the other' })
  const seen: Partial<Seen> = {}
  mount(
    <SdkProvider sdk={sdk}>
      <Chat id="one" seen={seen} />
    </SdkProvider>,
  )
  await (await untilReady(seen)).chat.stream('of the first')
  await sdk.auth.signOut()
  await until(() => expect(textsOf(seen)).toEqual([]))
  await sdk.auth.signIn({ seedPhrase })
  await until(() => expect(textsOf(seen)).toEqual(['of the other']))
})

class Boundary extends Component<{ children: ReactNode }, { message?: string }> {
  override state: { message?: string } = {}

  static getDerivedStateFromError({ message }: Error) {
    return { message }
  }

  override render() {
    return this.state.message ?? this.props.children
  }
}

it('A hook without a provider says what is missing', async () => {
  const { place } = mount(
    <Boundary>
      <Status />
    </Boundary>,
  )
  await until(() => expect(place.textContent).toContain('<SdkProvider'))
})
