import type { Message, Outbox, SaveStatus } from '@s5-conversations/sdk-core'
import { useCallback, useEffect, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { OneAtATime } from '@/lib/one-at-a-time'
import type { Harness } from '@/lib/sdk/harness'

export const CONVERSATION_ID = 'offline-demo'
const SHOWN = 20

export interface ThreadMessage {
  id: string
  text: string
  status: SaveStatus | undefined
}

/** The newest messages of the conversation of this page, and where each of them is. */
export function useOfflineThread({ sdk }: Harness) {
  const [messages, setMessages] = useState<readonly ThreadMessage[]>()
  const [problem, setProblem] = useState<string>()
  const { outbox, storage } = sdk

  const read = useCallback(async () => {
    try {
      const { messages: stored = [] } = (await storage.loadConversation(CONVERSATION_ID)) ?? {}
      setMessages(await Promise.all(stored.slice(-SHOWN).map((message) => describe(message, outbox))))
      setProblem(undefined)
    } catch (error) {
      setProblem(describeError(error))
    }
  }, [storage, outbox])

  useEffect(() => {
    const reads = new OneAtATime(read)
    const stop = outbox?.subscribe(() => reads.ask()) ?? reads.ask()
    const stopWatching = storage.watchConversation(CONVERSATION_ID, () => reads.ask())
    return () => {
      stop?.()
      stopWatching()
      reads.end()
    }
  }, [outbox, storage, read])

  return { messages, problem, read }
}

async function describe({ id, content }: Message, outbox: Outbox | undefined): Promise<ThreadMessage> {
  return { id, text: String(content), status: await outbox?.statusOf(CONVERSATION_ID, id) }
}
