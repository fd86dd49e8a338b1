// A process of its own: shares nothing with the writers but the portal and the seed phrase.
import { isDeepStrictEqual } from 'node:util'
import { createSdk } from '@s5-conversations/sdk-core'
import { readConversations } from './read-conversations.mjs'

/** @typedef {import('@s5-conversations/sdk-core').Conversation} Conversation */
/** @typedef {{ lost: number, duplicated: number, unlisted: number }} Findings */

const LOADS_AT_ONCE = 8

process.once('message', async (/** @type {{ portal: string, seedPhrase: string, file: string }} */ job) => {
  process.send?.(await verify(job))
  process.disconnect()
})

/**
 * Loads every conversation back and compares every field of every message, in order.
 * @param {{ portal: string, seedPhrase: string, file: string }} job
 * @returns {Promise<Findings>}
 */
async function verify({ portal, seedPhrase, file }) {
  const sdk = await createSdk({ portals: [portal], seedPhrase })
  const expected = await readConversations(file)
  const { items } = await sdk.storage.listConversations()
  const listed = new Map(items.map((item) => [item.id, item.title]))
  const findings = { lost: 0, duplicated: 0, unlisted: 0 }
  const waiting = expected.values()
  const worker = async () => {
    for (const conversation of waiting) {
      if (listed.get(conversation.id) !== conversation.title) findings.unlisted += 1
      compare(conversation, await sdk.storage.loadConversation(conversation.id), findings)
    }
  }
  await Promise.all(Array.from({ length: LOADS_AT_ONCE }, worker))
  await sdk.close()
  return findings
}

/**
 * A message counts as lost unless it is there, in its place, with every field as it was.
 * @param {import('@s5-conversations/sdk-core').ConversationInput} expected
 * @param {Conversation | undefined} loaded
 * @param {Findings} findings
 */
function compare(expected, loaded, findings) {
  const messages = loaded?.messages ?? []
  const once = messages.filter((message, i) => messages.findIndex((other) => other.id === message.id) === i)
  findings.duplicated += messages.length - once.length
  findings.duplicated += Math.max(0, once.length - expected.messages.length)
  for (const [i, message] of expected.messages.entries()) {
    if (!isDeepStrictEqual(once[i], message)) findings.lost += 1
  }
  if (loaded?.title !== expected.title || !isDeepStrictEqual(loaded?.metadata, expected.metadata ?? {})) {
    findings.lost += 1
  }
}
