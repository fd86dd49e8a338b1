'use client'

import { Textarea } from '../ui/input'
import type { Draft } from './use-pane'

/** Longer conversations are for the chat page. */
const SHOWN = 8

interface MessageDraftsProps {
  drafts: readonly Draft[]
  onChange(drafts: readonly Draft[]): void
}

/** The newest messages, each to be edited in its place. */
export function MessageDrafts({ drafts, onChange }: MessageDraftsProps) {
  const edit = (id: string, text: string) =>
    onChange(drafts.map((draft) => (draft.id === id ? { ...draft, text, isChanged: true } : draft)))
  if (drafts.length === 0) return null
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">
        {drafts.length > SHOWN ? `The last ${SHOWN} of ${drafts.length} messages` : 'Messages'}
      </legend>
      {drafts.slice(-SHOWN).map(({ id, role, text }, i) => (
        <Textarea
          key={id}
          rows={1}
          aria-label={`Message ${Math.max(drafts.length - SHOWN, 0) + i + 1}, by ${role}`}
          value={text}
          onChange={({ target }) => edit(id, target.value)}
        />
      ))}
    </fieldset>
  )
}
