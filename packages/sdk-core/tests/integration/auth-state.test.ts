import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { KeyRing } from '../../src/crypto/keys'
import {
  type AuthState,
  AuthStateManager,
  type ConversationStore,
  createSdk,
  generateSeedPhrase,
  type PortalOptions,
  StorageManager,
} from '../../src/index'
import { silentLogger } from '../../src/observe/log'
import { createCounters } from '../../src/observe/stats'
import { LazyNetwork } from '../../src/storage/stores/lazy-network'
import { S5Store } from '../../src/storage/stores/s5-store'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { closeAfterTest, startPortal, textsOf, user } from '../support/fixture'
import { MemoryNetwork } from '../support/memory-network'
import { createEthersWallet, createTestWallet } from '../support/wallets'

const createStore = () => new MemoryConversationStore(new MemoryBackend())

async function start(options: Partial<PortalOptions> = {}) {
  const portal = await startPortal()
  const wallet = createTestWallet()
  const sdk = closeAfterTest(
    await createSdk({
      portals: [portal.url],
      signer: wallet,
      confirmNewIdentity: () => true,
      ...options,
    }),
  )
  const states: AuthState[] = []
  sdk.auth.subscribe((state) => states.push(state))
  return { portal, wallet, sdk, states }
}

/** An account whose keys a test can look at. */
function openOnMemory(network: MemoryNetwork, kept: { keyRing?: KeyRing }) {
  return (entropy: Uint8Array) => {
    const keyRing = new KeyRing(entropy)
    kept.keyRing = keyRing
    const parts = { counters: createCounters(), log: silentLogger }
    const store = new S5Store({
      ...parts,
      network: new LazyNetwork(async () => (await network.connect()).network),
      keyRing,
      nameInstance: generateSeedPhrase,
    })
    const storage = new StorageManager({ ...parts, store, lockScope: keyRing.lockScope() })
    return {
      storage,
      hasCatalog: async () => true,
      connect: async () => {},
      close: () => storage.close(),
    }
  }
}

const manage = (store: ConversationStore) =>
  new StorageManager({ store, counters: createCounters(), log: silentLogger, lockScope: 'signed-out' })

describe('Signing out', () => {
  it('and in again shows the same conversations; in between there are none', async () => {
    const { sdk, wallet, states } = await start()
    await sdk.saveConversation({ id: 'one', messages: [user('hello')] })
    const before = sdk.storage
    await sdk.auth.signOut()
    await expect(sdk.storage.loadConversation('one')).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED' })
    await expect(before.loadConversation('one')).rejects.toMatchObject({ code: 'SESSION_STATE' })
    await sdk.auth.initialize()
    expect(await textsOf(sdk, 'one')).toEqual(['hello'])
    expect(states).toEqual([
      { status: 'signed-out', reason: 'sign-out' },
      { status: 'signing' },
      { status: 'ready', address: wallet.address },
    ])
    expect(sdk.auth.getStats()).toEqual({ signIns: 2, signOuts: 1, conversationsMoved: 0 })
  })

  it('waits for what is being saved', async () => {
    const { sdk } = await start()
    const saved = sdk.storage.appendMessage('one', user('last words'))
    await sdk.auth.signOut()
    await expect(saved).resolves.toMatchObject({ version: 1 })
    await sdk.auth.signIn()
    expect(await textsOf(sdk, 'one')).toEqual(['last words'])
  })

  it('overwrites the keys, lets go of the wallet, and does so only once', async () => {
    const kept: { keyRing?: KeyRing } = {}
    const wallet = createTestWallet()
    const auth = closeAfterTest(
      new AuthStateManager({
        signer: wallet,
        openAccount: openOnMemory(new MemoryNetwork(), kept),
        signedOut: { storage: manage(createStore()), isKept: false },
        log: silentLogger,
      }),
    )
    await auth.initialize()
    const { keyRing } = kept
    const scope = keyRing?.lockScope()
    expect(wallet.listenerCount()).toBe(1)
    await Promise.all([auth.signOut(), auth.signOut()])
    expect(wallet.listenerCount()).toBe(0)
    expect(keyRing?.lockScope()).not.toBe(scope)
    expect(auth.getStats().signOuts).toBe(1)
  })

  it('leaves no timer and no connection: the process ends by itself', async () => {
    const portal = await startPortal()
    const script = `
      import { createSdk } from '@s5-conversations/sdk-core'
      import { Wallet } from 'ethers'
      const signer = new Wallet('${createEthersWallet().privateKey}')
      const sdk = await createSdk({ portals: ['${portal.url}'], signer, confirmNewIdentity: () => true })
      await sdk.storage.appendMessage('one', { role: 'user', content: 'hello' })
      await sdk.auth.signOut()
      console.log(sdk.auth.getState().status)`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { ...process.env, NODE_OPTIONS: '' },
        timeout: 30_000,
      },
    )
    expect(stdout.trim()).toBe('signed-out')
  })

  it('ends a sign-in under way', async () => {
    const { sdk } = await start()
    await sdk.auth.signOut()
    const silent = { ...createTestWallet(), signTypedData: () => new Promise<string>(() => {}) }
    const signingIn = sdk.auth.signIn({ signer: silent }).catch((error: unknown) => error)
    expect(sdk.auth.getState()).toEqual({ status: 'signing' })
    await sdk.auth.signOut()
    expect(await signingIn).toMatchObject({ code: 'SESSION_STATE' })
    expect(sdk.auth.getState()).toEqual({ status: 'signed-out' })
  })
})

describe('Signing in', () => {
  it('can be ended by a listener as soon as it begins', async () => {
    const { sdk } = await start()
    await sdk.auth.signOut()
    const ended: Promise<void>[] = []
    sdk.auth.subscribe(({ status }) => {
      if (status === 'signing') ended.push(sdk.auth.signOut())
    })
    await expect(sdk.auth.signIn()).rejects.toMatchObject({ code: 'SESSION_STATE' })
    await Promise.all(ended)
    expect([ended.length, sdk.auth.getState()]).toEqual([1, { status: 'signed-out' }])
  })

  it('is refused while somebody is signed in, and joined by initialize', async () => {
    const { sdk, wallet } = await start()
    await expect(sdk.auth.signIn()).rejects.toMatchObject({ code: 'SESSION_STATE' })
    await sdk.auth.signOut()
    wallet.takeSignatureCount()
    const both = await Promise.all([sdk.auth.signIn(), sdk.auth.initialize()])
    expect(both[0]).toBe(both[1])
    expect(wallet.takeSignatureCount()).toBe(1)
    expect(await sdk.auth.initialize()).toBe(both[0])
  })

  it('after close is refused', async () => {
    const { sdk } = await start()
    await sdk.close()
    await expect(sdk.auth.signIn()).rejects.toMatchObject({ name: 'ClosedError' })
    await expect(sdk.storage.listConversations()).rejects.toMatchObject({ name: 'ClosedError' })
  })

  it('is told to every listener, also where one of them throws', async () => {
    const { sdk, states } = await start()
    const stop = sdk.auth.subscribe(() => {
      throw new Error('a broken listener')
    })
    const others: AuthState[] = []
    sdk.auth.subscribe((state) => others.push(state))
    await sdk.auth.signOut()
    expect(others).toEqual(states)
    expect(others).toHaveLength(1)
    stop()
  })

  it('needs a phrase, a wallet or a place for what is written before', async () => {
    const portal = await startPortal()
    await expect(createSdk({ portals: [portal.url] })).rejects.toMatchObject({ path: 'seedPhrase' })
    const both = { seedPhrase: generateSeedPhrase(), signer: createTestWallet() }
    await expect(createSdk({ portals: [portal.url], ...both })).rejects.toMatchObject({ path: 'signer' })
    await expect(createSdk({ portals: [] })).rejects.toThrow(/npx s5-portal/)
    const sdk = closeAfterTest(await createSdk({ portals: [portal.url], signedOut: createStore() }))
    await expect(sdk.auth.signIn()).rejects.toMatchObject({ path: 'signer' })
  })

  it('does not exist where conversations are in a store that was given', async () => {
    const sdk = closeAfterTest(await createSdk({ store: createStore() }))
    expect(sdk.auth.getState()).toEqual({ status: 'ready' })
    await sdk.auth.signOut()
    const failure = sdk.auth.signIn({ seedPhrase: generateSeedPhrase() })
    await expect(failure).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('A wallet', () => {
  it('that turns to another account signs the first one out', async () => {
    const { sdk, wallet, states } = await start()
    await sdk.storage.appendMessage('one', user('hello'))
    wallet.tell(wallet.address.toLowerCase())
    expect(states).toEqual([])
    wallet.turnTo(createEthersWallet())
    expect(states).toEqual([{ status: 'signed-out', reason: 'account-changed' }])
    await sdk.auth.signIn()
    expect(await sdk.storage.listConversations()).toEqual({ items: [] })
  })

  it('that goes away signs out', async () => {
    const { sdk, wallet, states } = await start()
    wallet.turnTo()
    expect(states).toEqual([{ status: 'signed-out', reason: 'wallet-gone' }])
    expect(wallet.listenerCount()).toBe(0)
    expect(sdk.auth.getState()).toEqual(states[0])
  })
})

describe('What is written while signed out', () => {
  it('moves to the identity that signs in, on all its devices, and to no other', async () => {
    const { portal, sdk, wallet } = await start({ signedOut: createStore() })
    await sdk.storage.appendMessage('one', user('signed in'))
    await sdk.auth.signOut()
    await sdk.storage.appendMessage('one', user('signed out'))
    await sdk.storage.appendMessage('two', user('signed out, too'))
    expect(await textsOf(sdk, 'one')).toEqual(['signed out'])
    await sdk.auth.signIn()
    expect(await textsOf(sdk, 'one')).toEqual(['signed in', 'signed out'])
    expect(sdk.auth.getStats().conversationsMoved).toBe(2)
    const device = closeAfterTest(await createSdk({ portals: [portal.url], signer: wallet }))
    expect(await textsOf(device, 'two')).toEqual(['signed out, too'])
    await sdk.auth.signOut()
    await sdk.auth.signIn({ signer: createTestWallet() })
    expect(await sdk.storage.listConversations()).toEqual({ items: [] })
    expect(sdk.auth.getStats().conversationsMoved).toBe(2)
  })

  it('waits where it is while it cannot be moved, and hinders nobody from signing in', async () => {
    const backend = new MemoryBackend()
    const network = new MemoryNetwork()
    const auth = closeAfterTest(
      new AuthStateManager({
        openAccount: openOnMemory(network, {}),
        signedOut: { storage: manage(new MemoryConversationStore(backend)), isKept: true },
        log: silentLogger,
      }),
    )
    await auth.storage.appendMessage('one', user('signed out'))
    const input = { seedPhrase: generateSeedPhrase() }
    network.fate = () => 'lost-before'
    expect(await auth.signIn(input)).toEqual({ status: 'ready' })
    await auth.signOut()
    expect(await auth.storage.loadConversation('one')).toMatchObject({ messageCount: 1 })
    network.fate = () => 'ok'
    await auth.signIn(input)
    expect(await auth.storage.loadConversation('one')).toMatchObject({ messageCount: 1 })
    expect(auth.getStats().conversationsMoved).toBe(1)
  })
})

describe('All data', () => {
  async function startFull() {
    const started = await start()
    for (const id of ['one', 'two', 'three']) await started.sdk.storage.appendMessage(id, user(`in ${id}`))
    const progress: number[] = []
    const onProgress = ({ done, total }: { done: number; total: number }) => progress.push(done / total)
    return { ...started, progress, onProgress }
  }

  it('is exported one conversation at a time, with progress', async () => {
    const { sdk, progress, onProgress } = await startFull()
    const texts: unknown[] = []
    for await (const { messages } of sdk.auth.exportAll({ onProgress })) texts.push(messages[0]?.content)
    expect(texts).toEqual(['in three', 'in two', 'in one'])
    expect(progress).toEqual([1 / 3, 2 / 3, 1])
  })

  it('is deleted with progress; stopped in between, the rest is there and goes the next time', async () => {
    const { sdk, progress, onProgress } = await startFull()
    const controller = new AbortController()
    const stopped = sdk.auth.deleteAllData({
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    })
    await expect(stopped).rejects.toThrow('stop')
    const left: string[] = []
    for await (const { id } of sdk.auth.exportAll()) left.push(id)
    expect(left).toEqual(['two', 'one'])
    await sdk.auth.deleteAllData({ onProgress })
    expect(progress).toEqual([0.5, 1])
    expect((await sdk.auth.exportAll().next()).done).toBe(true)
    expect(await textsOf(sdk, 'one')).toEqual([])
  })

  it('has sessions among it, and new ones can be started', async () => {
    const { sdk } = await start()
    const session = { model: 'm', provider: 'p' }
    await sdk.sessions.startSession(session)
    await sdk.auth.deleteAllData()
    expect((await sdk.sessions.listSessions()).items).toEqual([])
    await sdk.sessions.startSession(session)
    expect((await sdk.sessions.listSessions()).items).toHaveLength(1)
  })
})
