import { describe, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase, type WalletOptions } from '../../src/index'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from '../support/fixture'
import { share, startPair } from '../support/sharing'
import { createDeviceStorage, createEthersWallet, createTestWallet } from '../support/wallets'

async function startWalletSdk(portal: string, options: WalletOptions) {
  return closeAfterTest(await createSdk({ portals: [portal], confirmNewIdentity: () => true, ...options }))
}

/** The text with one character of it changed. */
function altered(text: string, at: number): string {
  return text.slice(0, at) + (text.at(at) === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

describe('A capability', () => {
  it.each([
    ['cut short', (text: string) => text.slice(0, -7), 'INVALID_INPUT'],
    ['altered', (text: string) => altered(text, 90), 'INVALID_INPUT'],
    ['that is another text', () => 'hello', 'INVALID_INPUT'],
    ['that is no text', () => 7 as unknown as string, 'INVALID_INPUT'],
    ['of a later version', (text: string) => text.replace('s5share1.', 's5share2.'), 'UNSUPPORTED_FORMAT'],
  ])('%s is refused, and nothing is listed', async (_, change, code) => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const to = await bob.storage.sharingAddress()
    const capability = await alice.storage.shareConversation('one', { to })
    await expect(bob.storage.openShared(change(capability))).rejects.toMatchObject({ code })
    expect((await bob.storage.listConversations()).items).toEqual([])
  })

  it('for somebody else is DECRYPTION_FAILED', async () => {
    const { url, alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const to = await bob.storage.sharingAddress()
    const capability = await alice.storage.shareConversation('one', { to })
    const carol = await startSdk(url)
    await expect(carol.storage.openShared(capability)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
  })

  it('that was revoked before it was opened is refused, and a later one of the same conversation is not', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const to = await bob.storage.sharingAddress()
    const capability = await alice.storage.shareConversation('one', { to })
    await alice.storage.revokeShare('one', { to })
    await expect(bob.storage.openShared(capability)).rejects.toMatchObject({ name: 'ShareRevokedError' })
    const id = await share(alice, bob, 'one')
    expect(await textsOf(bob, id)).toEqual(['first'])
    expect(await bob.storage.openShared(capability)).toEqual({ conversationId: id, write: false })
  })

  it('opened twice, or for a right that was added, is the same conversation', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const id = await share(alice, bob, 'one')
    expect(await share(alice, bob, 'one')).toBe(id)
    expect(await share(alice, bob, 'one', true)).toBe(id)
    await bob.storage.appendMessage(id, user('second'))
    expect(await textsOf(alice, 'one')).toEqual(['first', 'second'])
    expect((await bob.storage.listConversations()).items).toHaveLength(1)
  })
})

describe('Sharing', () => {
  it('is refused for what is no sharing address, or one that its owner did not sign', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const to = await bob.storage.sharingAddress()
    for (const wrong of ['', 'bob', to.slice(0, -3), altered(to, 40), await alice.storage.sharingAddress()]) {
      await expect(alice.storage.shareConversation('one', { to: wrong })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        path: 'options.to',
      })
    }
    await expect(alice.storage.shareConversation('never', { to })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'conversationId',
    })
  })

  it('is for the owner: a recipient shares nothing on, and deletes only their own entry', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const id = await share(alice, bob, 'one', true)
    const to = await alice.storage.sharingAddress()
    await expect(bob.storage.shareConversation(id, { to })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await bob.storage.deleteConversation(id)
    for (const device of [bob, await startSdk(url, phrases.bob)]) {
      expect((await device.storage.listConversations()).items).toEqual([])
    }
    expect(await textsOf(alice, 'one')).toEqual(['first'])
  })

  it('makes no id of a recipient’s own: an id of that form that was not opened is refused', async () => {
    const { alice } = await startPair()
    const id = `shared/${'0'.repeat(32)}`
    for (const call of [
      () => alice.storage.appendMessage(id, user('first')),
      () => alice.storage.loadConversation(id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'conversationId' })
    }
  })

  it('is listed on both sides, on every device, until it is revoked', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const [to, from] = [await bob.storage.sharingAddress(), expect.stringMatching(/^ed25519:[0-9a-f]{64}$/)]
    const id = await share(alice, bob, 'one', true)
    for (const device of [alice, await startSdk(url, phrases.alice)]) {
      expect(await device.storage.listShared()).toEqual({
        byMe: [{ conversationId: 'one', to, write: true }],
        withMe: [],
      })
    }
    for (const device of [bob, await startSdk(url, phrases.bob)]) {
      expect(await device.storage.listShared()).toEqual({
        byMe: [],
        withMe: [{ conversationId: id, write: true, from }],
      })
    }
    await alice.storage.revokeShare('one', { to })
    expect(await alice.storage.listShared()).toEqual({ byMe: [], withMe: [] })
    const never = await (await startSdk(url)).storage.sharingAddress()
    await expect(alice.storage.revokeShare('one', { to: never })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('of a plain conversation leaves it plain, and a deleted one is CONVERSATION_DELETED', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.saveConversationPlaintext({ id: 'open', messages: [user('for all')] })
    const id = await share(alice, bob, 'open', true)
    await bob.storage.appendMessage(id, user('more'))
    expect(await textsOf(alice, 'open')).toEqual(['for all', 'more'])
    expect((await alice.storage.listConversations()).items).toMatchObject([{ encrypted: false }])
    await alice.storage.appendMessage('gone', user('first'))
    await alice.storage.deleteConversation('gone')
    const to = await bob.storage.sharingAddress()
    await expect(alice.storage.shareConversation('gone', { to })).rejects.toMatchObject({
      code: 'CONVERSATION_DELETED',
    })
  })
})

describe('A wallet', () => {
  it('signs its sharing address once, and is named to the recipient', async () => {
    const { url } = await startPortal()
    const wallet = createTestWallet(createEthersWallet())
    const alice = await startWalletSdk(url, { signer: wallet, deviceStorage: createDeviceStorage() })
    const bob = await startSdk(url, generateSeedPhrase())
    await alice.storage.appendMessage('one', user('first'))
    wallet.takeSignatureCount()
    const id = await share(alice, bob, 'one')
    await share(bob, alice, await ownConversation(bob))
    expect(wallet.takeSignatureCount()).toBe(1)
    const { items } = await bob.storage.listConversations()
    expect(items.find((item) => item.id === id)?.shared).toEqual({ write: false, from: wallet.address })
  })

  it('that declines shares nothing: SIGNATURE_REJECTED', async () => {
    const { url } = await startPortal()
    const wallet = createEthersWallet()
    const signer = {
      getAddress: () => wallet.getAddress(),
      signTypedData: async (...args: Parameters<typeof wallet.signTypedData>) => {
        if ('SharingKey' in args[1]) throw Object.assign(new Error('declined'), { code: 4001 })
        return wallet.signTypedData(...args)
      },
    }
    const alice = await startWalletSdk(url, { signer })
    await expect(alice.storage.sharingAddress()).rejects.toMatchObject({ code: 'SIGNATURE_REJECTED' })
  })
})

async function ownConversation(sdk: Awaited<ReturnType<typeof startSdk>>): Promise<string> {
  await sdk.storage.appendMessage('own', user('first'))
  return 'own'
}
