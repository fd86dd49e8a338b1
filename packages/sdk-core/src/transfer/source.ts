/** What a record of a file says, not checked yet: the fields of a `ConversationInput`, as far as it has them. */
export interface SourceConversation {
  id?: unknown
  title?: unknown
  metadata?: unknown
  createdAt?: unknown
  updatedAt?: unknown
  version?: unknown
  messageCount?: unknown
  messages: readonly unknown[]
}
