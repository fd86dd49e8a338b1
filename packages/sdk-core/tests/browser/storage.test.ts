import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { createSdk, generateSeedPhrase, type Sdk } from '../../src/index'

const portal = inject('portalUrl')
const user = (text: string) => ({ role: 'user' as const, content: text })

/** A device without a database: several of them in one page are several devices. */
async function startSdk(seedPhrase: string): Promise<Sdk> {
  const sdk = await createSdk({ portals: [portal], seedPhrase, local: false })
  onTestFinished(() => sdk.close())
  return sdk
}

async function textsOf(sdk: Sdk): Promise<unknown[]> {
  return ((await sdk.storage.loadConversation('one'))?.messages ?? []).map(({ content }) => content)
}

describe('In a page', () => {
  it('there is no Node, and there are Web Locks and streams that deflate', () => {
    expect(Reflect.get(globalThis, 'process')?.getBuiltinModule).toBeUndefined()
    expect(navigator.locks).toBeDefined()
    expect(CompressionStream).toBeDefined()
  })

  it('a conversation comes back as it was, on another device, and is listed', async () => {
    const seedPhrase = generateSeedPhrase()
    const [a, b] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
    const messages = [
      { id: 'm1', role: 'user' as const, content: 'Naïve 🦉', createdAt: 1 },
      {
        id: 'm2',
        role: 'assistant' as const,
        content: [{ type: 'tool-call' as const, toolName: 'search', input: '{"q":  1}' }],
        createdAt: 2,
      },
    ]
    await a.saveConversation({ id: 'one', title: 'Owls', messages })
    expect((await b.storage.loadConversation('one'))?.messages).toEqual(messages)
    expect(await b.storage.listConversations()).toMatchObject({ items: [{ id: 'one', title: 'Owls' }] })
  })

  it('two devices at once lose and duplicate nothing', async () => {
    const seedPhrase = generateSeedPhrase()
    const devices = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
    await Promise.all(
      devices.flatMap(({ storage }, d) =>
        Array.from({ length: 25 }, (_, i) => storage.appendMessage('one', user(`${d}-${i}`))),
      ),
    )
    const [first, second] = await Promise.all(devices.map(textsOf))
    expect(new Set(first).size).toBe(50)
    expect(first).toHaveLength(50)
    expect(second).toEqual(first)
  })

  it('a long conversation is sealed into segments and read back whole', async () => {
    const seedPhrase = generateSeedPhrase()
    const [a, b] = [await startSdk(seedPhrase), await startSdk(seedPhrase)]
    const texts = Array.from({ length: 200 }, (_, i) => `${i} ${'lorem ipsum '.repeat(50)}`)
    for (let i = 0; i < 200; i += 20) await a.storage.appendMessages('one', texts.slice(i, i + 20).map(user))
    expect(await textsOf(b)).toEqual(texts)
  })
})
