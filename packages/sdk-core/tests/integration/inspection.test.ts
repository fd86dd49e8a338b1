import { describe, expect, it } from 'vitest'
import { createSdk, generateSeedPhrase, type VerifiedCounts } from '../../src/index'
import { MemoryBackend, MemoryConversationStore } from '../../src/testing/index'
import { closeAfterTest, startPortal, startSdk, user } from '../support/fixture'
import { prose } from '../support/prose'

const ID = 'one'

describe('inspectConversation', () => {
  it('names the registry entry under which the portal holds the current head', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const { cid, version, revision } = await sdk.storage.appendMessage(ID, user('x'))
    const inspection = await sdk.storage.inspectConversation(ID)
    expect(inspection).toMatchObject({ conversationId: ID, version, cid, isSealed: true, tailRecords: 1 })
    expect(inspection?.entries).toEqual([{ portal: portal.url, revision, cid }])
    const answer = await fetch(`${portal.url}/s5/registry?pk=${inspection?.registryKey}`)
    expect(await answer.json()).toMatchObject({ revision })
  })

  it('accounts for every record in the head and its segments, whose blobs the portal has in their sizes', async () => {
    const portal = await startPortal()
    const sdk = await startSdk(portal.url)
    const messages = Array.from({ length: 300 }, (_, i) => user(prose(1000, i)))
    for (let i = 0; i < 3; i += 1)
      await sdk.storage.appendMessages(ID, messages.slice(i * 100, i * 100 + 100))
    const inspection = await sdk.storage.inspectConversation(ID)
    const sealed = inspection?.segments.reduce((sum, { records }) => sum + records, 0) ?? 0
    expect(sealed).toBeGreaterThan(0)
    expect(sealed + (inspection?.tailRecords ?? 0)).toBe(300)
    for (const { cid, bytes } of inspection?.segments ?? []) {
      const blob = await fetch(`${portal.url}/s5/blob/${cid}`)
      expect((await blob.arrayBuffer()).byteLength).toBe(bytes)
    }
  })

  it('says what a plain conversation remembers of idempotency keys, and says nothing of its content', async () => {
    const sdk = await startSdk((await startPortal()).url)
    const options = { encrypt: false, idempotencyKey: 'key' }
    await sdk.storage.saveConversation({ id: ID, messages: [user('secret words')] }, options)
    const inspection = await sdk.storage.inspectConversation(ID)
    expect(inspection).toMatchObject({ isSealed: false, receipts: { count: 1 } })
    expect(JSON.stringify(inspection)).not.toContain('secret words')
  })

  it('is undefined where there is no such conversation', async () => {
    const sdk = await startSdk((await startPortal()).url)
    expect(await sdk.storage.inspectConversation('never')).toBeUndefined()
    await sdk.storage.appendMessage(ID, user('x'))
    await sdk.storage.deleteConversation(ID)
    expect(await sdk.storage.inspectConversation(ID)).toBeUndefined()
  })

  it('is unsupported by a store that does not lie on portals', async () => {
    const sdk = closeAfterTest(await createSdk({ store: new MemoryConversationStore(new MemoryBackend()) }))
    await expect(sdk.storage.inspectConversation(ID)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('verifyConversation', () => {
  it('tells how much it has checked while it goes on, up to what it reports', async () => {
    const sdk = await startSdk((await startPortal()).url, generateSeedPhrase())
    await sdk.storage.appendMessage(ID, user('x'))
    const told: VerifiedCounts[] = []
    const report = await sdk.storage.verifyConversation(ID, { onProgress: (checked) => told.push(checked) })
    expect(told.map(({ blobs }) => blobs)).toEqual([...told.keys()].map((i) => i + 1))
    expect(told.at(-1)?.blobs).toBe(report.checked.blobs)
  })

  it('refuses what is no listener', async () => {
    const sdk = await startSdk((await startPortal()).url)
    const onProgress = 'loud' as unknown as () => void
    await expect(sdk.storage.verifyConversation(ID, { onProgress })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('options.onProgress'),
    })
  })
})
