import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, it } from 'vitest'
import { typedDataDigest } from '../../src/auth/wallet-typed-data'
import {
  createSdk,
  generateSeedPhrase,
  type PortalOptions,
  type Sdk,
  type WalletSigner,
  walletSeedTypedData,
} from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { startFaultProxy } from '../support/fault-proxy'
import { closeAfterTest, startPortal, textsOf, user } from '../support/fixture'
import { createDeviceStorage, createEthersWallet, createTestWallet } from '../support/wallets'

const isNew = { confirmNewIdentity: () => true }

async function startWalletSdk(
  portal: string,
  signer: WalletSigner,
  options: Partial<PortalOptions> = {},
): Promise<Sdk> {
  return closeAfterTest(await createSdk({ portals: [portal], signer, ...options }))
}

/** A portal that knows the wallet, behind a proxy that counts. */
async function startReturning() {
  const portal = await startPortal()
  const proxy = closeAfterTest(await startFaultProxy(portal.url))
  const wallet = createTestWallet()
  const sdk = await startWalletSdk(proxy.url, wallet, isNew)
  await sdk.storage.appendMessage('one', user('hello'))
  wallet.takeSignatureCount()
  proxy.requests.splice(0)
  return { portal, proxy, wallet, sdk }
}

/** A valid signature, and another one each time. */
function signWithRandomNonce(privateKey: string, digest: Uint8Array): string {
  const secret = Uint8Array.from(Buffer.from(privateKey.slice(2), 'hex'))
  const options = { prehash: false, extraEntropy: crypto.getRandomValues(new Uint8Array(32)) }
  return `0x${Buffer.from(secp256k1.sign(digest, secret, options)).toString('hex')}1b`
}

describe('A wallet', () => {
  it('finds everything on another device, whatever chain, letter case or way it signs in by', async () => {
    const { proxy, wallet } = await startReturning()
    const lowerCase = { ...wallet, getAddress: async () => wallet.address.toLowerCase() }
    for (const signer of [wallet, lowerCase]) {
      const sdk = await startWalletSdk(proxy.url, signer)
      expect(sdk.auth.getState()).toEqual({ status: 'ready', address: wallet.address })
      expect(await textsOf(sdk, 'one')).toEqual(['hello'])
    }
  })

  it('is another identity than any other wallet', async () => {
    const { proxy } = await startReturning()
    const stranger = await startWalletSdk(proxy.url, createTestWallet(), isNew)
    expect(await stranger.storage.loadConversation('one')).toBeUndefined()
  })

  it('that returns is ready after one request, signed in on the portal by its first call', async () => {
    const { proxy, wallet } = await startReturning()
    const sdk = await startWalletSdk(proxy.url, wallet)
    expect(proxy.requests.splice(0).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /s5/registry',
    ])
    await sdk.storage.loadConversation('one')
    expect(proxy.requests.map(({ path }) => path)).toContain('/s5/account/login')
  })

  it('connects by whatever is called first', async () => {
    const { proxy, wallet } = await startReturning()
    const firstCalls = [
      (sdk: Sdk) => sdk.storage.listConversations(),
      (sdk: Sdk) => sdk.storage.verifyConversation('one'),
      (sdk: Sdk) => sdk.storage.appendMessage('one', user('again')),
      (sdk: Sdk) => sdk.storage.deleteConversation('one'),
    ]
    for (const firstCall of firstCalls) await firstCall(await startWalletSdk(proxy.url, wallet))
    const sdk = await startWalletSdk(proxy.url, wallet)
    expect(await sdk.storage.loadConversation('one')).toBeUndefined()
  })

  it('signs twice where a device meets it first, then once; the device keeps nothing secret', async () => {
    const { proxy, wallet } = await startReturning()
    const deviceStorage = createDeviceStorage()
    await startWalletSdk(proxy.url, wallet, { deviceStorage })
    expect(wallet.takeSignatureCount()).toBe(2)
    await startWalletSdk(proxy.url, wallet, { deviceStorage })
    expect(wallet.takeSignatureCount()).toBe(1)
    expect([...deviceStorage.values]).toEqual([
      [`s5-conversations/wallet/${wallet.address}`, expect.stringMatching(/^[0-9a-f]{16}$/)],
    ])
  })

  it('signs in, with two signatures, also where the device cannot remember anything', async () => {
    const { proxy, wallet } = await startReturning()
    const blocked = () => {
      throw new Error('storage is blocked')
    }
    const deviceStorage = { getItem: blocked, setItem: blocked, removeItem: blocked }
    const sdk = await startWalletSdk(proxy.url, wallet, { deviceStorage })
    expect(sdk.auth.getState().status).toBe('ready')
    expect(wallet.takeSignatureCount()).toBe(2)
  })

  it('that the portals do not know is never silently given an empty identity', async () => {
    const { proxy } = await startReturning()
    const wallet = createTestWallet()
    const asked: string[] = []
    const refused = startWalletSdk(proxy.url, wallet, {
      confirmNewIdentity: async (address) => {
        asked.push(address)
        return false
      },
    })
    await expect(refused).rejects.toMatchObject({ name: 'NewIdentityError', code: 'NOT_AUTHENTICATED' })
    await expect(startWalletSdk(proxy.url, wallet)).rejects.toThrow(/confirmNewIdentity/)
    expect(asked).toEqual([wallet.address])
    expect(proxy.requests.map(({ path }) => path)).not.toContain('/s5/account/register')
  })

  it('is not taken for new while the portal is unreachable', async () => {
    const wallet = createTestWallet()
    const asked: string[] = []
    const creation = startWalletSdk('http://127.0.0.1:9', wallet, {
      confirmNewIdentity: (address) => asked.push(address) > 0,
    })
    await expect(creation).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(asked).toEqual([])
  })
})

describe('A wallet that a device has met before', () => {
  it('signs in there while no portal answers, and nowhere else', async () => {
    const { proxy, wallet } = await startReturning()
    const deviceStorage = createDeviceStorage()
    await startWalletSdk(proxy.url, wallet, { deviceStorage })
    const offline = await startWalletSdk('http://127.0.0.1:9', wallet, { deviceStorage })
    expect(offline.auth.getState()).toEqual({ status: 'ready', address: wallet.address })
    await expect(offline.storage.loadConversation('one')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const elsewhere = startWalletSdk('http://127.0.0.1:9', wallet, { deviceStorage: createDeviceStorage() })
    await expect(elsewhere).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it('is noticed where the portals know nothing of it', async () => {
    const { proxy, wallet } = await startReturning()
    const deviceStorage = createDeviceStorage()
    await startWalletSdk(proxy.url, wallet, { deviceStorage })
    const otherPortal = await startPortal()
    const signIn = startWalletSdk(otherPortal.url, wallet, { deviceStorage })
    await expect(signIn).rejects.toMatchObject({ name: 'NewIdentityError' })
  })
})

describe('An identity that is unlocked already', () => {
  it('signs in without any request, and connects at its first call', async () => {
    const portal = await startPortal()
    const proxy = closeAfterTest(await startFaultProxy(portal.url))
    const signedOut = new MemoryConversationStore(new MemoryBackend())
    const sdk = closeAfterTest(await createSdk({ portals: [proxy.url], signedOut }))
    await sdk.auth.signIn({ seedPhrase: generateSeedPhrase() })
    expect(sdk.auth.getState()).toEqual({ status: 'ready' })
    expect(proxy.requests).toEqual([])
    await sdk.storage.appendMessage('one', user('hello'))
    expect(await textsOf(sdk, 'one')).toEqual(['hello'])
  })
})

describe('A signer', () => {
  const rejections = [
    ['says 4001 (EIP-1193)', { code: 4001, message: 'User rejected the request.' }],
    ['says ACTION_REJECTED (ethers)', Object.assign(new Error('user rejected'), { code: 'ACTION_REJECTED' })],
  ] as const

  it.each(rejections)('whose user declines and that %s is SIGNATURE_REJECTED', async (_, reason) => {
    const portal = await startPortal()
    const signer = { ...createTestWallet(), signTypedData: () => Promise.reject(reason) }
    await expect(startWalletSdk(portal.url, signer, isNew)).rejects.toMatchObject({
      code: 'SIGNATURE_REJECTED',
      cause: reason,
    })
  })

  it('that throws, at once or later, is a typed error', async () => {
    const portal = await startPortal()
    const throwsAtOnce = () => {
      throw new Error('locked')
    }
    for (const broken of [
      { getAddress: throwsAtOnce },
      { signTypedData: throwsAtOnce },
      { signTypedData: () => Promise.reject('locked') },
    ]) {
      const creation = startWalletSdk(portal.url, { ...createTestWallet(), ...broken }, isNew)
      await expect(creation).rejects.toMatchObject({ name: 'SignerFailedError', code: 'NOT_AUTHENTICATED' })
    }
  })

  it('that never answers ends at its deadline, or when the caller gives up', async () => {
    const portal = await startPortal()
    const silent = { ...createTestWallet(), signTypedData: () => new Promise<string>(() => {}) }
    const creation = startWalletSdk(portal.url, silent, { walletTimeoutMs: 50 })
    await expect(creation).rejects.toMatchObject({ name: 'SignerFailedError', retryable: true })
    const sdk = await startWalletSdk(portal.url, createTestWallet(), isNew)
    await sdk.auth.signOut()
    const controller = new AbortController()
    const signingIn = sdk.auth.signIn({ signer: silent }, { signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    await expect(signingIn).rejects.toThrow('changed my mind')
    expect(sdk.auth.getState()).toEqual({ status: 'signed-out' })
  })

  it('that signs differently each time is SIGNER_NOT_DETERMINISTIC', async () => {
    const portal = await startPortal()
    const wallet = createEthersWallet()
    const signer = {
      getAddress: () => wallet.getAddress(),
      signTypedData: async () =>
        signWithRandomNonce(wallet.privateKey, typedDataDigest(walletSeedTypedData(wallet.address))),
    }
    const creation = startWalletSdk(portal.url, signer, isNew)
    await expect(creation).rejects.toMatchObject({
      code: 'SIGNER_NOT_DETERMINISTIC',
      message: expect.stringContaining('recovery phrase'),
    })
  })

  it('that signs other than it once did on this device is SIGNER_NOT_DETERMINISTIC', async () => {
    const { proxy, wallet } = await startReturning()
    const deviceStorage = createDeviceStorage()
    deviceStorage.setItem(`s5-conversations/wallet/${wallet.address}`, '0123456789abcdef')
    const creation = startWalletSdk(proxy.url, wallet, { deviceStorage })
    await expect(creation).rejects.toMatchObject({ code: 'SIGNER_NOT_DETERMINISTIC' })
  })

  it('that turns to another account before, between or after its signatures is a typed error', async () => {
    const portal = await startPortal()
    const [one, other] = [createEthersWallet(), createEthersWallet()]
    for (const turnsAtCall of [2, 3, 4, 5]) {
      let calls = 0
      const chosen = () => (++calls >= turnsAtCall ? other : one)
      const signer: WalletSigner = {
        getAddress: () => chosen().getAddress(),
        signTypedData: (domain, types, message) => chosen().signTypedData(domain, types, message),
      }
      const creation = startWalletSdk(portal.url, signer, isNew)
      await expect(creation).rejects.toMatchObject({ name: 'AccountChangedError', code: 'SESSION_STATE' })
    }
  })

  it('of a contract wallet is told to use a recovery phrase', async () => {
    const portal = await startPortal()
    const signer = { ...createTestWallet(), signTypedData: async () => `0x${'ab'.repeat(130)}` }
    await expect(startWalletSdk(portal.url, signer, isNew)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})
