'use client'

import { type ProposedPhrase, proposeRecoveryPhrase } from '@s5-conversations/sdk-core'
import { type FormEvent, useState } from 'react'
import { describeError } from '@/lib/describe-error'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'

interface PhraseProps {
  isBusy: boolean
  onPhrase(seedPhrase: string): void
}

/** Shows fifteen fresh words once, and asks for three of them. */
export function NewPhrase({ isBusy, onPhrase }: PhraseProps) {
  const [proposed] = useState(proposeRecoveryPhrase)
  const [words, setWords] = useState<string[]>()
  const [isWritten, setWritten] = useState(false)
  if (words === undefined) {
    return (
      <Step text="The words are the only key to your conversations. They are shown once; have paper at hand.">
        <Button variant="primary" onClick={() => setWords(proposed.show().split(' '))}>
          Show the words
        </Button>
      </Step>
    )
  }
  if (isWritten) return <Confirmation proposed={proposed} isBusy={isBusy} onPhrase={onPhrase} />
  return (
    <Step text="Write these words down, in their order.">
      <ol className="grid w-full grid-cols-2 gap-x-4 gap-y-1 font-mono text-sm sm:grid-cols-3">
        {words.map((word, i) => (
          <li key={`${i}-${word}`}>
            <span className="inline-block w-6 text-muted">{i + 1}</span> {word}
          </li>
        ))}
      </ol>
      <Button variant="primary" onClick={() => setWritten(true)}>
        I have written them down
      </Button>
    </Step>
  )
}

function Step({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-col items-end gap-3">
      <p className="w-full text-sm">{text}</p>
      {children}
    </div>
  )
}

function Confirmation({ proposed, isBusy, onPhrase }: PhraseProps & { proposed: ProposedPhrase }) {
  const [problem, setProblem] = useState<string>()
  const confirm = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    try {
      onPhrase(proposed.confirm(proposed.positions.map((place) => String(form.get(`word-${place}`)).trim())))
    } catch (error) {
      setProblem(describeError(error))
    }
  }
  return (
    <form onSubmit={confirm} className="flex flex-col gap-3">
      {proposed.positions.map((place) => (
        <Field key={place} label={`Word ${place}`}>
          {(field) => <Input {...field} name={`word-${place}`} autoComplete="off" spellCheck={false} />}
        </Field>
      ))}
      {problem !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {problem}
        </p>
      )}
      <Button type="submit" variant="primary" className="self-end" disabled={isBusy}>
        Sign in
      </Button>
    </form>
  )
}
