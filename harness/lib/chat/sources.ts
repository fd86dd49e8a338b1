import type { Conversation, JsonValue } from '@s5-conversations/sdk-core'
import type { FoundMessage } from './history-search'

/** Where an answer's context came from: a message of an earlier conversation. */
export type Source = Pick<FoundMessage, 'conversationId' | 'messageId' | 'title' | 'excerpt'>

/** The metadata field that says what the model was given beside the prompt. */
export function sourcesField(promptId: string, found: readonly FoundMessage[]): Record<string, JsonValue> {
  const sources = found.map(({ conversationId, messageId, title, excerpt }) => ({
    conversationId,
    messageId,
    title,
    excerpt,
  }))
  return { [`sources/${promptId}`]: sources }
}

/** What the answer to a prompt was given. */
export function sourcesOf(conversation: Conversation | undefined, promptId: string): Source[] {
  const sources = conversation?.metadata[`sources/${promptId}`]
  return Array.isArray(sources) ? (sources as Source[]) : []
}

/** What the model is told of them. */
export function describeSources(found: readonly FoundMessage[]): string {
  return found.map(({ title, role, excerpt }) => `In “${title}”, the ${role} said: ${excerpt}`).join('\n')
}
