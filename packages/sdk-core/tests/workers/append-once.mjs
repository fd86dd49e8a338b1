// A process of its own that creates a conversation and says so when it was told that it is saved; a test kills it.
import { createSdk } from '@s5-conversations/sdk-core'

process.once('message', async (/** @type {{ portal: string, seedPhrase: string, id: string }} */ job) => {
  const sdk = await createSdk({ portals: [job.portal], seedPhrase: job.seedPhrase })
  await sdk.storage.appendMessage(job.id, { role: 'user', content: 'acknowledged' })
  process.send?.('acknowledged')
})
