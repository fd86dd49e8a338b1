import { describe, expect, it } from 'vitest'
import { KeyRing } from '../../src/crypto/keys'
import { generateSeedPhrase, type Sdk } from '../../src/index'
import { Eve, reopened } from '../support/eve'
import { startPortal, startSdk, textsOf, user } from '../support/fixture'
import { connectRaw } from '../support/raw-network'

interface Scene {
  url: string
  owner: string
  alice: Sdk
  /** A device of the owner that knows the conversation from before, and nothing since. */
  unaware: Sdk
  eve: Eve
  evesSdk: Sdk
  bob: Sdk
  bobsId: string
}

/** Alice shares with Bob and Eve; Eve writes, keeps everything, and is thrown out. */
async function throwOut(): Promise<Scene> {
  const { url } = await startPortal()
  const [owner, evesPhrase] = [generateSeedPhrase(), generateSeedPhrase()]
  const [alice, evesSdk, bob] = [
    await startSdk(url, owner),
    await startSdk(url, evesPhrase),
    await startSdk(url),
  ]
  await alice.storage.appendMessage('one', user('first'))
  const give = async (recipient: Sdk) =>
    alice.storage.shareConversation('one', { to: await recipient.storage.sharingAddress(), write: true })
  const capability = await give(evesSdk)
  const { conversationId: evesId } = await evesSdk.storage.openShared(capability)
  const { conversationId: bobsId } = await bob.storage.openShared(await give(bob))
  await evesSdk.storage.appendMessage(evesId, user('by Eve'))
  const unaware = await startSdk(url, owner)
  await textsOf(unaware, 'one')
  await textsOf(bob, bobsId)
  await alice.storage.revokeShare('one', { to: await evesSdk.storage.sharingAddress() })
  const eve = await Eve.with(url, evesPhrase, capability)
  return { url, owner, alice, unaware, eve, evesSdk, bob, bobsId }
}

describe('A revoked co-writer who kept everything', () => {
  it('cannot read what is written afterwards, even given its blobs', async () => {
    const { url, owner, alice, eve } = await throwOut()
    const { cid } = await alice.storage.appendMessage('one', user('after'))
    const raw = await connectRaw(url, owner)
    const keys = raw.keyRing.conversationKeys('one', 2)
    const pointer = await raw.network.pointerKey(keys.registryKey(), () => {})
    const [answer] = await pointer.readPointers(AbortSignal.timeout(10_000))
    const hash = answer?.pointer?.hash ?? new Uint8Array(32)
    expect(raw.network.cidOf(hash, 0).slice(0, 20)).toBe(cid.slice(0, 20))
    await expect(eve.open(hash)).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
    expect(JSON.stringify(await eve.read())).not.toContain('after')
    await raw.network.close()
  })

  it('cannot move the new pointer: what she signs lands where nobody looks', async () => {
    const { url, owner, alice, eve, bob, bobsId } = await throwOut()
    await eve.forge(reopened(await eve.read(), 'forged'))
    for (const [sdk, id] of [
      [alice, 'one'],
      [await startSdk(url, owner), 'one'],
      [bob, bobsId],
    ] as const) {
      expect(await textsOf(sdk, id)).toEqual(['first', 'by Eve'])
    }
  })

  it.each(['closed as she found it', 'forged anew'])(
    'cannot make a device of the owner or of a member write under a key that she knows: %s',
    async (state) => {
      const { url, owner, alice, unaware, eve, bob, bobsId } = await throwOut()
      if (state === 'forged anew') await eve.forge(reopened(await eve.read(), 'forged'))
      const before = await eve.current()
      await unaware.storage.appendMessage('one', user('by an unaware device'))
      await bob.storage.appendMessage(bobsId, user('by an unaware member'))
      const cold = await startSdk(url, owner)
      await cold.storage.appendMessage('one', user('by a cold device'))
      expect(await eve.current()).toEqual(before)
      const texts = ['first', 'by Eve', 'by an unaware device', 'by an unaware member', 'by a cold device']
      for (const sdk of [alice, unaware, cold]) expect(await textsOf(sdk, 'one')).toEqual(texts)
      expect(await textsOf(bob, bobsId)).toEqual(texts)
    },
  )

  it('cannot go on by the capability that she kept', async () => {
    const { evesSdk, alice } = await throwOut()
    const { items } = await evesSdk.storage.listConversations()
    const id = items[0]?.id ?? ''
    const refused = { name: 'ShareRevokedError' }
    await expect(evesSdk.storage.loadConversation(id)).rejects.toMatchObject(refused)
    await expect(evesSdk.storage.appendMessage(id, user('more'))).rejects.toMatchObject(refused)
    expect(await textsOf(alice, 'one')).toEqual(['first', 'by Eve'])
  })
})

/** Alice and Eve write together; Eve has kept her keys. */
async function writeTogether() {
  const { url } = await startPortal()
  const [owner, evesPhrase] = [generateSeedPhrase(), generateSeedPhrase()]
  const [alice, evesSdk] = [await startSdk(url, owner), await startSdk(url, evesPhrase)]
  await alice.storage.appendMessage('one', user('first'))
  const to = await evesSdk.storage.sharingAddress()
  const capability = await alice.storage.shareConversation('one', { to, write: true })
  const { conversationId } = await evesSdk.storage.openShared(capability)
  return { url, owner, alice, evesSdk, to, conversationId, eve: await Eve.with(url, evesPhrase, capability) }
}

describe('A co-writer who is still trusted', () => {
  it('and closes the conversation by herself only makes its owner move it: it goes on', async () => {
    const { url, owner, alice, evesSdk, conversationId, eve } = await writeTogether()
    await eve.forge({ ...reopened(await eve.read(), 'last'), moved: { epoch: 900 } })
    await alice.storage.appendMessage('one', user('second'))
    expect(await textsOf(await startSdk(url, owner), 'one')).toEqual(['first', 'last', 'second'])
    expect(await textsOf(evesSdk, conversationId)).toEqual(['first', 'last', 'second'])
  })

  it('and makes it unreadable can still be thrown out: what the owner knows goes on', async () => {
    const { alice, to, eve } = await writeTogether()
    const { id, localId } = eve.keys
    const others = new KeyRing(new Uint8Array(16)).conversationKeys(id, 1, localId)
    await eve.forge(await eve.read(), { keys: others })
    await expect(alice.storage.loadConversation('one')).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' })
    await alice.storage.revokeShare('one', { to })
    await alice.storage.appendMessage('one', user('second'))
    expect(await textsOf(alice, 'one')).toEqual(['first', 'second'])
  })

  it('and uses up the revisions of the pointer can still be thrown out', async () => {
    const { url, owner, alice, to, eve } = await writeTogether()
    await eve.forge(reopened(await eve.read(), 'last'), { revision: 2 ** 48 })
    await alice.storage.revokeShare('one', { to })
    await alice.storage.appendMessage('one', user('second'))
    expect(await textsOf(await startSdk(url, owner), 'one')).toEqual(['first', 'last', 'second'])
  })
})
