import { describe, expect, it } from 'vitest'
import { Eve } from '../support/eve'
import { startSdk, textsOf, user } from '../support/fixture'
import { prose } from '../support/prose'
import { checkCoWriting, checkCutOff, revoke, share, startPair } from '../support/sharing'

describe('A conversation that was shared for reading', () => {
  it('is read by its recipient, who sees what is written later, and nothing else of the owner', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessages('trip', [user('first'), user('second')])
    await alice.storage.appendMessage('diary', user('secret'))
    const id = await share(alice, bob, 'trip')
    expect(await textsOf(bob, id)).toEqual(['first', 'second'])
    await alice.storage.appendMessage('trip', user('third'))
    expect(await textsOf(bob, id)).toEqual(['first', 'second', 'third'])
    const { items } = await bob.storage.listConversations()
    expect(items).toMatchObject([{ id, messageCount: 2, shared: { write: false } }])
    expect(await bob.storage.loadConversation('trip')).toBeUndefined()
    expect(await bob.storage.loadConversation('diary')).toBeUndefined()
  })

  it('is there on another device of the owner, and of the recipient', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('trip', user('first'))
    const id = await share(alice, bob, 'trip')
    const other = await startSdk(url, phrases.alice)
    await other.storage.appendMessage('trip', user('from elsewhere'))
    expect(await textsOf(await startSdk(url, phrases.bob), id)).toEqual(['first', 'from elsewhere'])
    expect(await textsOf(alice, 'trip')).toEqual(['first', 'from elsewhere'])
    expect(await textsOf(bob, id)).toEqual(['first', 'from elsewhere'])
  })

  it('is not written by its recipient: that is an error before anything is sent', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('trip', user('first'))
    const id = await share(alice, bob, 'trip')
    const { requests } = bob.storage.getStats()
    await expect(bob.storage.appendMessage(id, user('mine'))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(bob.storage.getStats().requests).toBe(requests)
    expect(await textsOf(alice, 'trip')).toEqual(['first'])
  })

  it('was written to by a device of the owner that did not know of it', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('trip', user('first'))
    const unaware = await startSdk(url, phrases.alice)
    await unaware.storage.appendMessage('trip', user('second'))
    const id = await share(alice, bob, 'trip')
    await unaware.storage.appendMessage('trip', user('third'))
    for (const [sdk, name] of [
      [alice, 'trip'],
      [unaware, 'trip'],
      [bob, id],
    ] as const) {
      expect(await textsOf(sdk, name)).toEqual(['first', 'second', 'third'])
    }
  })
})

describe('A conversation that was shared for writing', () => {
  it('is written by both', async () => {
    const { alice, bob } = await startPair()
    await alice.storage.appendMessage('trip', user('first'))
    const id = await share(alice, bob, 'trip', true)
    await bob.storage.appendMessage(id, user('second'))
    await alice.storage.appendMessage('trip', user('third'))
    await bob.storage.appendMessage(id, user('fourth'))
    const texts = ['first', 'second', 'third', 'fourth']
    expect(await textsOf(alice, 'trip')).toEqual(texts)
    expect(await textsOf(bob, id)).toEqual(texts)
  })
})

describe('What a co-writer uploaded', () => {
  it('is kept by the owner, who has built on it, also when the co-writer has it forgotten', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const to = await bob.storage.sharingAddress()
    const capability = await alice.storage.shareConversation('one', { to, write: true })
    const { conversationId } = await bob.storage.openShared(capability)
    await bob.storage.appendMessages(
      conversationId,
      Array.from({ length: 20 }, (_, i) => user(prose(500, i))),
    )
    await alice.storage.appendMessage('one', user('last'))
    const bobsKeys = await Eve.with(url, phrases.bob, capability)
    const { segments } = await bobsKeys.read()
    expect(segments.length).toBeGreaterThan(0)
    for (const { hash } of segments) await bobsKeys.network.forget(hash, AbortSignal.timeout(10_000))
    expect(await textsOf(await startSdk(url, phrases.alice), 'one')).toHaveLength(22)
  })
})

describe('A watched conversation', () => {
  it('is watched on where it has moved, by its owner and by a member', async () => {
    const { url, alice, bob } = await startPair()
    const carol = await startSdk(url)
    await alice.storage.appendMessage('one', user('first'))
    const seen = { alice: 0, bob: 0 }
    alice.storage.watchConversation('one', ({ messageCount }) => {
      seen.alice = messageCount
    })
    const id = await share(alice, bob, 'one', true)
    bob.storage.watchConversation(id, ({ messageCount }) => {
      seen.bob = messageCount
    })
    await share(alice, carol, 'one')
    await revoke(alice, carol, 'one')
    await bob.storage.appendMessage(id, user('second'))
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual({ alice: 2, bob: 2 })
    await alice.storage.appendMessage('one', user('third'))
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual({ alice: 3, bob: 3 })
  }, 40_000)
})

describe('The checks of a conversation', () => {
  it('find nothing wrong with a shared one, for its owner and for a member', async () => {
    const { url, phrases, alice, bob } = await startPair()
    await alice.storage.appendMessage('one', user('first'))
    const id = await share(alice, bob, 'one', true)
    await bob.storage.appendMessage(id, user('second'))
    await Promise.all([alice.close(), bob.close()])
    const [owner, member] = [await startSdk(url, phrases.alice), await startSdk(url, phrases.bob)]
    expect(await owner.storage.verifyConversation('one')).toMatchObject({ ok: true, version: 3 })
    expect(await member.storage.verifyConversation(id)).toMatchObject({ ok: true, version: 3 })
  })
})

describe('Two identities that write in one conversation', () => {
  it('lose nothing, duplicate nothing and see one order, with two devices each', async () => {
    await checkCoWriting(2, 8, 0)
  })

  it('lose nothing while a third one is let in and thrown out, and the conversation moves each time', async () => {
    await checkCoWriting(2, 10, 3)
  }, 60_000)
})

describe('A share that was revoked', () => {
  it('opens nothing that is written later, and the others go on', async () => {
    const { url, phrases, alice, bob } = await startPair()
    const carol = await startSdk(url)
    await alice.storage.appendMessage('trip', user('first'))
    const bobs = await share(alice, bob, 'trip', true)
    const carols = await share(alice, carol, 'trip', true)
    await bob.storage.appendMessage(bobs, user('second'))
    await alice.storage.revokeShare('trip', { to: await bob.storage.sharingAddress() })
    await alice.storage.appendMessage('trip', user('third'))
    await carol.storage.appendMessage(carols, user('fourth'))
    const revoked = { code: 'NOT_AUTHENTICATED', name: 'ShareRevokedError' }
    await expect(bob.storage.loadConversation(bobs)).rejects.toMatchObject(revoked)
    await expect(bob.storage.appendMessage(bobs, user('late'))).rejects.toMatchObject(revoked)
    const cold = await startSdk(url, phrases.alice)
    for (const sdk of [alice, cold]) {
      expect(await textsOf(sdk, 'trip')).toEqual(['first', 'second', 'third', 'fourth'])
    }
    expect(await textsOf(carol, carols)).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it.each([3, 7, 11, 15, 19])(
    'by a device that died after %i requests is revoked by the next one',
    checkCutOff,
  )
})
