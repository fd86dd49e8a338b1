'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button'
import { Field, Textarea } from '../ui/input'

interface PhraseProps {
  isBusy: boolean
  onPhrase(seedPhrase: string): void
}

/** Takes the words of somebody who has them. */
export function KnownPhrase({ isBusy, onPhrase }: PhraseProps) {
  const [phrase, setPhrase] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onPhrase(phrase.trim().toLowerCase().split(/\s+/).join(' '))
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Your fifteen words" hint="In their order, with spaces between them.">
        {(field) => (
          <Textarea
            {...field}
            rows={3}
            autoComplete="off"
            spellCheck={false}
            value={phrase}
            onChange={({ target }) => setPhrase(target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" className="self-end" disabled={isBusy || phrase.trim() === ''}>
        {isBusy ? 'Signing in …' : 'Sign in'}
      </Button>
    </form>
  )
}
