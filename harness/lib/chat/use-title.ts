'use client'

import { type AIChat, textOf } from '@s5-conversations/react'
import { useEffect, useRef } from 'react'
import { useHarness } from '../sdk/use-page-session'

const MAX_LENGTH = 60
/** What formats a text, and reads badly in a title. */
const MARKDOWN = /[*_`#>]+/g

/** What the conversation is called: its first prompt names it, until somebody renames it. */
export function useTitle({ conversationId, title, messages }: AIChat): string {
  const { storage } = useHarness().sdk
  const first = messages.find(({ role }) => role === 'user')
  const proposed = first === undefined ? undefined : titleOf(textOf(first.content))
  const isStored = first !== undefined && first.status !== 'saving' && first.status !== 'failed'
  const named = useRef<string>(undefined)
  useEffect(() => {
    if (title !== undefined || proposed === undefined || !isStored || named.current === conversationId) return
    named.current = conversationId
    storage.updateConversation(conversationId, { title: proposed }).catch(() => {
      named.current = undefined // The next change of the conversation tries again.
    })
  }, [storage, conversationId, title, proposed, isStored])
  return title ?? proposed ?? 'New conversation'
}

function titleOf(text: string): string {
  const line = (text.trim().split('\n')[0] ?? '').replace(MARKDOWN, '')
  const characters = [...line]
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH).join('')}…` : line
}
