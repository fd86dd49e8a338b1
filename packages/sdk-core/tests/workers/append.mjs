// A process of its own that appends through the built package; started by a test with `fork`.
import { createSdk } from '@s5-conversations/sdk-core'

/** @typedef {{ portal: string, seedPhrase: string, conversationId: string, prefix: string, count: number }} Job */

process.once('message', async (/** @type {Job} */ job) => {
  process.send?.(await appendAll(job))
  process.disconnect()
})

/**
 * @param {Job} job
 * @returns {Promise<{ acknowledged: number, texts: string[] }>} what this process was told, and what it then reads
 */
async function appendAll({ portal, seedPhrase, conversationId, prefix, count }) {
  const sdk = await createSdk({ portals: [portal], seedPhrase })
  let acknowledged = 0
  for (let i = 0; i < count; i += 1) {
    await sdk.storage.appendMessage(conversationId, { role: 'user', content: `${prefix} ${i}` })
    acknowledged += 1
  }
  process.send?.('done')
  await new Promise((resolve) => process.once('message', resolve))
  const conversation = await sdk.storage.loadConversation(conversationId)
  await sdk.close()
  return { acknowledged, texts: conversation?.messages.map((message) => String(message.content)) ?? [] }
}
