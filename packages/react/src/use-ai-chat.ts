import type { Generate, Message } from '@s5-conversations/sdk-core'
import {
  type ChatMessage,
  type ChatObserver,
  type ChatSnapshot,
  createMessageId,
  emptyChat,
  type Observers,
} from '@s5-conversations/sdk-core/observers'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useSdkContext } from './context'
import { useObserved } from './use-observed'

export interface UseAIChatOptions {
  /** @default a new conversation, as long as the component is mounted */
  conversationId?: string
  /** Any LLM client: gives the text of an answer, piece by piece. May be another function each render. */
  generate: Generate
  /** Noted with the session. */
  model?: string
  provider?: string
}

/** What a chat can be asked to do. The functions stay the same, and reject only where the provider's promise did. */
export interface AIChatActions {
  /** Saves a message at once, and has it answered in its turn. Resolves when it is saved, or is not: see its `status`. */
  send(content: Message['content']): Promise<ChatMessage>
  /** As `send`, but resolves when its answer is saved, with the answer. */
  stream(content: Message['content']): Promise<ChatMessage>
  /** Ends the answer that is coming, and those that wait. What was shown is saved. */
  stop(): Promise<void>
  /** Saves what could not be saved, and asks for the answers that did not come, or not to their end. */
  resume(): Promise<void>
  /** Another answer to this prompt, or in the place of this answer. The one before is kept: see `choose`. */
  regenerate(messageId: string): Promise<void>
  /** Shows this one of a message's `alternatives`. */
  choose(answerId: string): Promise<void>
  edit(messageId: string, content: Message['content']): Promise<void>
  /** Takes a message away for good. */
  remove(messageId: string): Promise<void>
  /** Gives up what could not be saved of a message. */
  discard(messageId: string): Promise<void>
  /** What the user is writing: it counts as unsaved work, and outlives the component. */
  setDraft(draft: string): Promise<void>
  /** Reads what is stored, and takes a conversation back that another session has. */
  refresh(): Promise<void>
  /** `refresh`, then saves what is unsaved after what the others wrote. */
  mergeMine(): Promise<void>
  /** `refresh`, then saves what is unsaved where it was written, beside what the others wrote. */
  keepAsBranch(): Promise<void>
}

export type AIChat = ChatSnapshot & AIChatActions

/** One conversation as a chat with a model. Components that use the same one show the same. */
export function useAIChat(options: UseAIChatOptions): AIChat {
  const [newId] = useState(createMessageId)
  const { conversationId = newId } = options
  const find = useCallback((observers: Observers) => observers.chats.get(conversationId), [conversationId])
  const empty = useMemo(() => emptyChat(conversationId), [conversationId])
  const snapshot = useObserved(find, empty)
  const actions = useActions(find, options)
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions])
}

function useActions(
  find: (observers: Observers) => ChatObserver,
  { generate, model, provider }: UseAIChatOptions,
): AIChatActions {
  const { observers, whenReady } = useSdkContext()
  const current = useRef({ observers, whenReady, generate, model, provider })
  useEffect(() => {
    current.current = { observers, whenReady, generate, model, provider }
  })
  return useMemo(() => {
    /** At once where there is an SDK: what is sent is shown in the same frame. */
    const chat = async <T>(task: (chat: ChatObserver) => T | Promise<T>): Promise<T> => {
      const { observers, whenReady } = current.current
      return task(find(observers ?? (await whenReady())))
    }
    const answering = () => {
      const { generate, model, provider } = current.current
      return {
        generate,
        ...(model === undefined ? {} : { model }),
        ...(provider === undefined ? {} : { provider }),
      }
    }
    return {
      send: (content) => chat((to) => to.send(content, answering())),
      stream: (content) => chat((to) => to.stream(content, answering())),
      stop: () => chat((of) => of.stop()),
      resume: () => chat((of) => of.resume(answering())),
      regenerate: (messageId) => chat((of) => of.regenerate(messageId, answering())),
      choose: (answerId) => chat((of) => of.choose(answerId)),
      edit: (messageId, content) => chat((of) => of.edit(messageId, content)),
      remove: (messageId) => chat((of) => of.remove(messageId)),
      discard: (messageId) => chat((of) => of.discard(messageId)),
      setDraft: (draft) => chat((of) => of.setDraft(draft)),
      refresh: () => chat((of) => of.refresh()),
      mergeMine: () => chat((of) => of.mergeMine()),
      keepAsBranch: () => chat((of) => of.keepAsBranch()),
    }
  }, [find])
}
