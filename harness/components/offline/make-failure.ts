import type { Harness } from '@/lib/sdk/harness'

/**
 * Leaves a commit in the outbox that the network refuses for good: another device deletes a conversation, and this
 * one writes in it before it has heard of that.
 */
export async function makeFailure(harness: Harness): Promise<void> {
  const { sdk } = harness
  const conversationId = `deleted-elsewhere-${Date.now()}`
  await sdk.storage.appendMessage(conversationId, { role: 'user', content: 'Written on both devices' })
  await sdk.outbox?.flush({ signal: AbortSignal.timeout(10_000) })
  const other = await harness.openAnotherClient()
  try {
    await other.storage.deleteConversation(conversationId)
  } finally {
    await other.close()
  }
  await sdk.storage.appendMessage(conversationId, { role: 'user', content: 'Written too late' })
}
