import { expect } from 'vitest'
import { generateSeedPhrase, type Sdk } from '../../src/index'
import { startFaultProxy } from './fault-proxy'
import { closeAfterTest, startPortal, startSdk, textsOf, user } from './fixture'

export interface Pair {
  url: string
  alice: Sdk
  bob: Sdk
  phrases: { alice: string; bob: string }
}

/** Two identities on one portal. */
export async function startPair(): Promise<Pair> {
  const { url } = await startPortal()
  const phrases = { alice: generateSeedPhrase(), bob: generateSeedPhrase() }
  return { url, phrases, alice: await startSdk(url, phrases.alice), bob: await startSdk(url, phrases.bob) }
}

/** Shares `id`, and gives what the recipient calls it. */
export async function share(owner: Sdk, recipient: Sdk, id: string, write = false): Promise<string> {
  const to = await recipient.storage.sharingAddress()
  const capability = await owner.storage.shareConversation(id, { to, write })
  return (await recipient.storage.openShared(capability)).conversationId
}

export async function revoke(owner: Sdk, recipient: Sdk, id: string): Promise<void> {
  await owner.storage.revokeShare(id, { to: await recipient.storage.sharingAddress() })
}

/**
 * Two identities with `devices` devices each append to one conversation at once, `count` times each, while a third
 * one is let in and thrown out again and again. All is there once, and everybody sees the same order.
 */
export async function checkCoWriting(devices: number, count: number, moves: number): Promise<void> {
  const { url, phrases, alice, bob } = await startPair()
  const carol = await startSdk(url)
  await alice.storage.appendMessage('one', user('first'))
  const shared = await share(alice, bob, 'one', true)
  const writers = [
    { sdk: alice, id: 'one' },
    { sdk: bob, id: shared },
  ]
  for (let i = 1; i < devices; i += 1) {
    writers.push({ sdk: await startSdk(url, phrases.alice), id: 'one' })
    writers.push({ sdk: await startSdk(url, phrases.bob), id: shared })
  }
  const acknowledged = ['first']
  const moving = async () => {
    for (let i = 0; i < moves; i += 1) {
      await share(alice, carol, 'one', i % 2 === 0)
      await revoke(alice, carol, 'one')
    }
  }
  const writing = writers.map(async ({ sdk, id }, writer) => {
    for (let i = 0; i < count; i += 1) {
      await sdk.storage.appendMessage(id, user(`${writer}/${i}`))
      acknowledged.push(`${writer}/${i}`)
      // A member who reads while the owner moves the conversation is told to try again.
      await sdk.storage.loadConversation(id).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
      })
    }
  })
  await Promise.all([...writing, moving()])
  writers.push({ sdk: await startSdk(url, phrases.alice), id: 'one' })
  writers.push({ sdk: await startSdk(url, phrases.bob), id: shared })
  const [texts = [], ...others] = await Promise.all(writers.map(({ sdk, id }) => textsOf(sdk, id)))
  expect([...texts].sort()).toEqual(acknowledged.sort())
  for (const other of others) expect(other).toEqual(texts)
}

/**
 * The owner's device dies while it revokes a share, after so many requests. Another device goes on: nothing that was
 * acknowledged is missing, the member who stays writes on, and revoking again succeeds.
 */
export async function checkCutOff(requests: number): Promise<void> {
  const { url, phrases, alice, bob } = await startPair()
  const carol = await startSdk(url)
  await alice.storage.appendMessage('one', user('first'))
  const bobs = await share(alice, bob, 'one', true)
  const carols = await share(alice, carol, 'one', true)
  await bob.storage.appendMessage(bobs, user('second'))
  const to = await carol.storage.sharingAddress()
  await dieWhileRevoking(url, phrases.alice, to, requests)

  const other = await startSdk(url, phrases.alice)
  await other.storage.appendMessage('one', user('third'))
  await bob.storage.appendMessage(bobs, user('fourth'))
  await other.storage.revokeShare('one', { to })
  await other.storage.appendMessage('one', user('fifth'))
  const texts = ['first', 'second', 'third', 'fourth', 'fifth']
  for (const sdk of [alice, other]) expect(await textsOf(sdk, 'one')).toEqual(texts)
  expect(await textsOf(bob, bobs)).toEqual(texts)
  await expect(carol.storage.loadConversation(carols)).rejects.toMatchObject({ name: 'ShareRevokedError' })
}

async function dieWhileRevoking(
  url: string,
  seedPhrase: string,
  to: string,
  requests: number,
): Promise<void> {
  const died = new AbortController()
  let left = Number.POSITIVE_INFINITY
  const proxy = closeAfterTest(
    await startFaultProxy(url, () => {
      left -= 1
      if (left >= 0) return { kind: 'none' }
      died.abort(new Error('the device died'))
      return { kind: left === -1 ? 'drop-answer' : 'drop-request' }
    }),
  )
  const device = await startSdk(proxy.url, seedPhrase)
  await textsOf(device, 'one')
  left = requests
  await device.storage.revokeShare('one', { to, signal: died.signal }).catch((error: unknown) => {
    if (!died.signal.aborted) throw error
  })
}
