// A process of its own that appends through the built package; started by a test with `fork`.
import { createSdk } from '@s5-conversations/sdk-core'

/** @typedef {{ portal: string, seedPhrase: string, conversationId: string, prefix: string, count: number, atOnce: boolean }} Job */
/** @typedef {import('@s5-conversations/sdk-core').Sdk} Sdk */

process.once('message', async (/** @type {Job} */ job) => {
  process.send?.(await appendAll(job))
  process.disconnect()
})

/**
 * @param {Job} job
 * @returns {Promise<{ acknowledged: number, texts: string[] }>} what this process was told, and what it then reads
 */
async function appendAll(job) {
  const sdk = await createSdk({ portals: [job.portal], seedPhrase: job.seedPhrase })
  const texts = Array.from({ length: job.count }, (_, i) => `${job.prefix} ${i}`)
  let acknowledged = 0
  const append = async (/** @type {string} */ text) => {
    await sdk.storage.appendMessage(job.conversationId, { role: 'user', content: text })
    acknowledged += 1
  }
  if (job.atOnce) await Promise.all(texts.map(append))
  else for (const text of texts) await append(text)
  process.send?.('done')
  await new Promise((resolve) => process.once('message', resolve))
  const conversation = await sdk.storage.loadConversation(job.conversationId)
  await sdk.close()
  return { acknowledged, texts: conversation?.messages.map((message) => String(message.content)) ?? [] }
}
