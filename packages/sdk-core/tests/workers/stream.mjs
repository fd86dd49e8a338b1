// A process of its own that streams an answer through the built package until it is killed; started by a test.
import { createSdk } from '@s5-conversations/sdk-core'

/** @typedef {{ portal: string, seedPhrase: string, conversationId: string }} Job */

process.once('message', async (/** @type {Job} */ job) => {
  const sdk = await createSdk({ portals: [job.portal], seedPhrase: job.seedPhrase })
  const session = await sdk.sessions.startSession({
    model: 'a-model',
    provider: 'a-provider',
    conversationId: job.conversationId,
  })
  process.send?.(session.id)
  await sdk.sessions.streamMessage(session.id, 'Count', async function* () {
    for (let i = 0; ; i += 1) {
      yield `${i} `
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
})
