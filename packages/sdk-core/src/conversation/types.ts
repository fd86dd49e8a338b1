/** A value that survives JSON: what metadata and tool data may hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export const MESSAGE_ROLES = ['system', 'user', 'assistant', 'tool'] as const
/** Who says a message. */
export type MessageRole = (typeof MESSAGE_ROLES)[number]

/** A piece of a message that is more than a text. `data` of a file is kept with the message; `cid` names a blob that lies elsewhere. */
export type MessagePart =
  | { type: 'text'; text: string }
  | { type: 'tool-call'; toolCallId?: string; toolName: string; input: JsonValue }
  | { type: 'tool-result'; toolCallId?: string; toolName: string; output: JsonValue }
  | { type: 'file'; mediaType: string; cid?: string; data?: Uint8Array; name?: string }

/** One message as it is stored. Times are ms since 1970. */
export interface Message {
  id: string
  role: MessageRole
  content: string | MessagePart[]
  createdAt: number
  parentId?: string
  editedAt?: number
  metadata?: Record<string, JsonValue>
}

/** What a caller has to give for a message: all but role and content have defaults. */
export type MessageInput = Pick<Message, 'role' | 'content'> & Partial<Message>

/** A conversation as `loadConversation` gives it back. `messages` are in the order every device sees. */
export interface Conversation {
  id: string
  title?: string
  messages: Message[]
  metadata: Record<string, JsonValue>
  createdAt: number
  updatedAt: number
  /** +1 for each commit; 1 for a new conversation. */
  version: number
  messageCount: number
}

/** What a caller has to give to save a conversation: only `id` and `messages`. */
export interface ConversationInput {
  id: string
  messages: readonly MessageInput[]
  title?: string
  metadata?: Record<string, JsonValue>
  createdAt?: number
  updatedAt?: number
  version?: number
  messageCount?: number
}

/** One line of the list of an owner's conversations. */
export interface ConversationSummary {
  id: string
  title?: string
  createdAt: number
  updatedAt: number
  version: number
  messageCount: number
  encrypted: boolean
  /** Absent where it is the identity's own. */
  shared?: SharedBy
}

/** Whose a conversation is that somebody else has shared. */
export interface SharedBy {
  /** Whether it may be written too. */
  write: boolean
  /** The owner: the address of a wallet with its checksum, or `ed25519:` and a public key in hex. */
  from: string
}

/** How records lie on S5: sealed to the owner, or readable by whoever has the hash. */
export type Scheme = 'xsalsa20-poly1305' | 'plain'
