import { createSdk } from '@s5-conversations/sdk-core'

/** @typedef {import('@s5-conversations/sdk-core').ConversationInput} ConversationInput */
/** @typedef {import('@s5-conversations/sdk-core').Sdk} Sdk */

const DEVICES = 3
const CONVERSATIONS_AT_ONCE = 8
/** Every so many-th conversation is saved readable for anyone, all others sealed. */
const PLAIN_EVERY = 4

/**
 * Saves all conversations from several devices of one owner at once: one device saves the first half of a
 * conversation as a whole, another one appends the rest, message by message.
 * @param {{ portal: string, seedPhrase: string, conversations: ConversationInput[], onSaved: () => void }} options
 * @returns {Promise<{ bytesUp: number }>}
 */
export async function writeFromSeveralDevices({ portal, seedPhrase, conversations, onSaved }) {
  const devices = await Promise.all(
    Array.from({ length: DEVICES }, (_, i) =>
      createSdk({ portals: [portal], seedPhrase, deviceId: `device-${i + 1}` }),
    ),
  )
  const waiting = conversations.entries()
  const worker = async () => {
    for (const [index, conversation] of waiting) {
      await saveInTwoParts(devices, index, conversation)
      onSaved()
    }
  }
  await Promise.all(Array.from({ length: CONVERSATIONS_AT_ONCE }, worker))
  await Promise.all(devices.map((device) => device.close()))
  return { bytesUp: devices.reduce((bytes, device) => bytes + device.storage.getStats().bytesUp, 0) }
}

/**
 * @param {Sdk[]} devices
 * @param {number} index
 * @param {ConversationInput} conversation
 */
async function saveInTwoParts(devices, index, conversation) {
  const { storage: first } = at(devices, index)
  const { storage: second } = at(devices, index + 1)
  const half = Math.ceil(conversation.messages.length / 2)
  const begun = { ...conversation, messages: conversation.messages.slice(0, half) }
  if (index % PLAIN_EVERY === 0) await first.saveConversationPlaintext(begun)
  else await first.saveConversationEncrypted(begun)
  for (const message of conversation.messages.slice(half))
    await second.appendMessage(conversation.id, message)
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} index
 */
function at(items, index) {
  return /** @type {T} */ (items[index % items.length])
}
