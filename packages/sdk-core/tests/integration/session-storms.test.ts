import { describe, expect, it } from 'vitest'
import { startPortal, startSdk, textsOf, user } from '../support/fixture'
import { playStorms } from '../support/session-storm'

const SEEDS = 20

describe('Four messages sent rapidly, and the session ended during streaming: all that was acknowledged is there,', () => {
  it.each([
    ['alone', false],
    ['while a second device appends too', true],
  ])('%s', (_, isContended) => playStorms(SEEDS, isContended))
})

it('A session that ends during pending appends loses none of them', async () => {
  const sdk = await startSdk((await startPortal()).url)
  const { id, conversationId } = await sdk.sessions.startSession({ model: 'm', provider: 'p' })
  const texts = Array.from({ length: 100 }, (_, i) => `append ${i}`)
  const appends = texts.map((text) => sdk.storage.appendMessage(conversationId, user(text)))
  await sdk.sessions.endSession(id)
  await Promise.all(appends)
  expect(await textsOf(sdk, conversationId)).toEqual(texts)
})
