'use client'

import type { AIChat } from '@s5-conversations/react'
import { Play, SendHorizontal, Square } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import type { HarnessConfig } from '@/lib/config'
import { Button } from '../ui/button'
import { Textarea } from '../ui/input'

/** The SDK's limit for one message. */
const MAX_BYTES = 1024 * 1024
/** An answer that was left before its end. */
const LEFT: unknown[] = ['aborted', 'failed', 'interrupted']

interface ComposerProps {
  chat: AIChat
  model: HarnessConfig['model']
  withContext: boolean
  onWithContext(withContext: boolean): void
}

/** Where one writes. Sending never waits for what was sent before. */
export function Composer({ chat, model, withContext, onWithContext }: ComposerProps) {
  const { isStreaming } = chat
  // What is typed shows at once; the draft of the chat outlives this component.
  const [text, setText] = useState(chat.draft)
  const isTooLong = new Blob([text]).size > MAX_BYTES
  const canSend = text.trim() !== '' && !isTooLong
  const write = (written: string) => {
    setText(written)
    void chat.setDraft(written)
  }
  const send = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (!canSend) return
    void chat.send(text)
    write('')
  }
  return (
    <form onSubmit={send} className="border-t border-line bg-surface px-4 py-3">
      <div className="mx-auto flex max-w-3xl flex-col gap-2">
        {isTooLong && (
          <p role="alert" className="text-sm text-danger">
            This is more than a message can hold (1 MiB): shorten it, or send it in parts.
          </p>
        )}
        <div className="flex items-end gap-2">
          <Textarea
            rows={1}
            aria-label="Message"
            placeholder="Write a message"
            data-testid="composer"
            className="field-sizing-content max-h-48 min-h-9 resize-none"
            value={text}
            onChange={({ target }) => write(target.value)}
            onKeyDown={(event) => isSendKey(event) && send(event)}
          />
          {isStreaming ? (
            <Button data-testid="stop-button" onClick={() => void chat.stop()}>
              <Square />
              Stop
            </Button>
          ) : (
            isUnanswered(chat) && (
              <Button data-testid="resume-button" onClick={() => void chat.resume()}>
                <Play />
                Resume
              </Button>
            )
          )}
          <Button
            type="submit"
            variant="primary"
            size="icon"
            aria-label="Send"
            data-testid="send-button"
            disabled={!canSend}
          >
            <SendHorizontal />
          </Button>
        </div>
        <div className="flex flex-wrap items-center justify-between gap-2 text-xs text-muted">
          <label className="flex items-center gap-1.5">
            <input
              type="checkbox"
              className="accent-accent"
              checked={withContext}
              onChange={({ target }) => onWithContext(target.checked)}
            />
            Context from my earlier conversations
          </label>
          <span>{model.isDemo ? 'Demo model on this machine' : `${model.name} at ${model.provider}`}</span>
        </div>
      </div>
    </form>
  )
}

/** Enter sends; with Shift it begins a line, and while a word is being composed it belongs to the keyboard. */
function isSendKey({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean {
  return key === 'Enter' && !shiftKey && !nativeEvent.isComposing
}

function isUnanswered({ messages }: AIChat): boolean {
  const last = messages.at(-1)
  return last?.role === 'user' || LEFT.includes(last?.metadata?.status)
}
