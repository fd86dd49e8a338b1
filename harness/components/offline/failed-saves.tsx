'use client'

import type { FailedSave, Outbox } from '@s5-conversations/sdk-core'
import { downloadFile } from '@/lib/download'
import { formatMoment } from '@/lib/lab/format'
import { useAction } from '@/lib/lab/use-action'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'

interface FailedSavesProps {
  saves: readonly FailedSave[]
  outbox: Outbox
}

/** Commits that were put aside: nothing of them is lost until somebody gives them up. */
export function FailedSaves({ saves, outbox }: FailedSavesProps) {
  const { run, problem } = useAction((task: () => Promise<void>) => task())
  if (saves.length === 0) return null
  return (
    <section aria-label="Put aside" className="mt-5">
      <h3 className="mb-2 text-sm font-medium">Put aside</h3>
      <Problem text={problem} />
      <ul className="divide-y divide-line rounded-control border border-line" data-testid="failed-saves">
        {saves.map((save) => (
          <li key={save.id} className="flex flex-col gap-2 p-3 text-sm">
            <p dir="auto" className="break-words">
              {save.messages.map(({ content }) => String(content)).join(' · ') ||
                'A change without a message'}
            </p>
            <p className="text-danger">{save.error.userMessage}</p>
            <p className="text-xs text-muted">
              {save.error.code} · in {save.conversationId} · written {formatMoment(save.enqueuedAt)}
            </p>
            <div className="flex flex-wrap gap-2">
              <Button size="small" onClick={() => run(() => outbox.retry(save.id))}>
                Retry
              </Button>
              <Button size="small" onClick={() => exportSave(save)}>
                Export
              </Button>
              <Button size="small" variant="danger" onClick={() => run(() => outbox.discard(save.id))}>
                Give up
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function exportSave(save: FailedSave): void {
  downloadFile(`unsent-${save.id}.json`, 'application/json', [JSON.stringify(save, null, 2)])
}
