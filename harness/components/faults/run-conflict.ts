import type { Sdk } from '@s5-conversations/sdk-core'
import { countsBetween, sumOfStats } from '@/lib/lab/stats'

/** The conversation that both writers write in. */
const CONVERSATION_ID = 'forced-conflict'

/** How a conflict went. */
export interface ConflictStory {
  /** The version that both had read. */
  ground: number
  /** The version of who was first. */
  first: number
  /** The version of who was refused, once it was healed. */
  second: number
  /** Times the portal refused a pointer as too old. */
  conflicts: number
  retries: number
  /** Whether both messages are in the version that was read in the end. */
  isWhole: boolean
}

/**
 * Lets both clients append to what they know as the same version: the portal answers the second one that its
 * revision number is too low, and the SDK builds on what is there instead.
 */
export async function runConflict(first: Sdk, second: Sdk): Promise<ConflictStory> {
  const [firstText, secondText] = ['From the first writer', 'From the second writer']
  const { version: ground } = await append(first, 'What both have read')
  // A commit begins with the version that its client knows: from here on the second one knows an old one.
  await second.storage.loadConversation(CONVERSATION_ID)
  const before = sumOfStats([second])
  const { version: won, messageIds: firstIds } = await append(first, firstText)
  const { version: healed, messageIds: secondIds } = await append(second, secondText)
  const { conflicts, retries } = countsBetween(before, sumOfStats([second]))
  const stored = await first.storage.loadConversation(CONVERSATION_ID)
  const ids = new Set(stored?.messages.map(({ id }) => id))
  const isWhole = [...firstIds, ...secondIds].every((id) => ids.has(id))
  return { ground, first: won, second: healed, conflicts, retries, isWhole }
}

function append(sdk: Sdk, content: string) {
  return sdk.storage.appendMessage(CONVERSATION_ID, { role: 'user', content })
}
