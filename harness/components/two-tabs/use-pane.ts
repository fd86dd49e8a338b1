import { reportStaleSession } from '@s5-conversations/react'
import type { Message, Sdk } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { describeError } from '@/lib/describe-error'

export const CONVERSATION_ID = 'two-tabs'

/** What one client shows of the conversation, and what was changed in it since it was loaded. */
export interface PaneState {
  status: 'loading' | 'ready' | 'saving' | 'stale' | 'failed'
  /** The version that the copy is based on; 0 before there is one. */
  version: number
  title: string
  messages: readonly Draft[]
  /** What is being written as the next message. */
  next: string
  isDirty: boolean
  /** The version that the last save made. */
  saved?: number
  problem?: string
}

export interface Draft {
  id: string
  role: Message['role']
  text: string
  isChanged: boolean
}

const EMPTY: PaneState = { status: 'loading', version: 0, title: '', messages: [], next: '', isDirty: false }

/** One client's copy of the conversation: loaded, edited, and saved on the version that it was loaded at. */
export function usePane({ storage }: Sdk) {
  const [state, setState] = useState<PaneState>(EMPTY)
  const current = useRef(state)
  current.current = state

  const load = useCallback(async () => {
    try {
      setState(await read(storage))
    } catch (error) {
      setState((before) => ({ ...before, status: 'failed', problem: describeError(error) }))
    }
  }, [storage])
  useEffect(() => void load(), [load])

  const change = useCallback((part: Partial<PaneState>) => {
    setState(({ saved: _, problem: __, ...before }) => ({ ...before, ...part, isDirty: true }))
  }, [])

  const save = useCallback(async () => {
    const { current: draft } = current
    setState({ ...draft, status: 'saving' })
    try {
      const { version } = await storage.saveConversation(toInput(draft), { expectedVersion: draft.version })
      setState({ ...(await read(storage)), saved: version })
    } catch (error) {
      const status = reportStaleSession(error) ? 'stale' : 'ready'
      setState({ ...draft, status, ...(status === 'ready' && { problem: describeError(error) }) })
    }
  }, [storage])

  return useMemo(() => ({ state, load, change, save }), [state, load, change, save])
}

export type Pane = ReturnType<typeof usePane>

/** What is written and not saved, to be copied elsewhere. */
export function unsavedText({ messages, next, isDirty }: PaneState): string {
  if (!isDirty) return ''
  const changed = messages.filter(({ isChanged }) => isChanged).map(({ text }) => text)
  return [...changed, next].filter((text) => text !== '').join('\n\n')
}

async function read(storage: Sdk['storage']): Promise<PaneState> {
  const conversation = await storage.loadConversation(CONVERSATION_ID)
  if (conversation === undefined) return { ...EMPTY, status: 'ready' }
  const { version, title = '', messages } = conversation
  return { ...EMPTY, status: 'ready', version, title, messages: messages.map(toDraft) }
}

function toDraft({ id, role, content }: Message): Draft {
  return { id, role, text: String(content), isChanged: false }
}

function toInput({ title, messages, next }: PaneState) {
  const kept = messages.map(({ id, role, text }) => ({ id, role, content: text }))
  const added = next.trim() === '' ? [] : [{ id: crypto.randomUUID(), role: 'user' as const, content: next }]
  return { id: CONVERSATION_ID, title, messages: [...kept, ...added] }
}
