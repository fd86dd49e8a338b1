'use client'

import { textOf } from '@s5-conversations/react'
import type { Generate, GenerateInput, Message } from '@s5-conversations/sdk-core'
import { useCallback } from 'react'
import { askModel } from '../llm/ask-model'
import type { PromptMessage } from '../llm/chat-request'
import { useHarness } from '../sdk/use-page-session'
import type { FoundMessage } from './history-search'
import { describeSources, sourcesField } from './sources'
import type { History } from './use-history-search'

const SOURCES = 3
const MODEL_ROLES: readonly string[] = ['system', 'user', 'assistant']

/** Automation sets it, to have slow or immediate answers. */
const DELAY_KEY = 'harness-demo-delay-ms'

/** Asks the model; with `useContext` it is given what fits from earlier conversations. */
export function useGenerate(conversationId: string, history: History, withContext: boolean): Generate {
  const { storage } = useHarness().sdk
  return useCallback(
    async function* ({ messages, signal }: GenerateInput) {
      const prompt = messages.at(-1)
      const found = withContext ? await findContext(history, prompt, conversationId) : []
      if (found.length > 0 && prompt !== undefined) {
        // Beside the answer: where its context came from may be missing, the answer not.
        storage
          .updateConversation(conversationId, { metadata: sourcesField(prompt.id, found) })
          .catch(() => {})
      }
      yield* askModel({ messages: toPrompt(messages, found), ...demoDelay() }, signal)
    },
    [storage, conversationId, history, withContext],
  )
}

/** An answer without context is better than none. */
async function findContext(
  history: History,
  prompt: Message | undefined,
  except: string,
): Promise<FoundMessage[]> {
  try {
    const search = await history.open()
    return search.search(textOf(prompt?.content ?? ''), { limit: SOURCES, except })
  } catch {
    return []
  }
}

function toPrompt(messages: readonly Message[], found: readonly FoundMessage[]): PromptMessage[] {
  const said = messages
    .filter(({ role }) => MODEL_ROLES.includes(role))
    .map(({ role, content }) => ({ role: role as PromptMessage['role'], content: textOf(content) }))
  return found.length === 0 ? said : [{ role: 'system', content: describeSources(found) }, ...said]
}

function demoDelay(): { delayMs?: number } {
  const delay = localStorage.getItem(DELAY_KEY)
  return delay === null ? {} : { delayMs: Number(delay) }
}
