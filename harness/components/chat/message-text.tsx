'use client'

import { lazy, Suspense, useDeferredValue, useState } from 'react'
import { Button } from '../ui/button'

const Markdown = lazy(() => import('./markdown').then((m) => ({ default: m.Markdown })))

/** What is longer is shown as plain text, and not all of it at first: formatting it would stop the page. */
const FORMATTED_LENGTH = 20_000
const SHOWN_LENGTH = 4_000

/** What a message says. HTML in it is text like any other. */
export function MessageText({ text }: { text: string }) {
  const shown = useDeferredValue(text)
  if (text.length > FORMATTED_LENGTH) return <LongText text={text} />
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{shown}</p>}>
      <Markdown text={shown} />
    </Suspense>
  )
}

function LongText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false)
  return (
    <>
      <p className="whitespace-pre-wrap">{isWhole ? text : `${text.slice(0, SHOWN_LENGTH)}…`}</p>
      <Button size="small" className="mt-2" onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
      </Button>
    </>
  )
}
