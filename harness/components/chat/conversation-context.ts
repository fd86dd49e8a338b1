import type { AIChat } from '@s5-conversations/react'
import type { Conversation } from '@s5-conversations/sdk-core'
import { createContext } from 'react'

/** What can be done with one message. */
export type MessageActionsOf = Pick<AIChat, 'choose' | 'edit' | 'regenerate' | 'remove' | 'resume'>

/** The conversation that messages stand in, and the way to another one. */
export const ConversationContext = createContext<{
  conversation: Conversation | undefined
  onOpen(conversationId: string): void
}>({ conversation: undefined, onOpen: () => {} })
