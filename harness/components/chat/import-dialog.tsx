'use client'

import { type ImportState, useImport } from '@/lib/chat/use-import'
import { countOf, formatBytes } from '@/lib/format'
import { Button } from '../ui/button'
import { Dialog, DialogActions } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { ImportResult } from './import-result'

/** Takes conversations from a file. */
export function ImportDialog({ onClose }: { onClose(): void }) {
  const { state, run, abort } = useImport()
  const isRunning = state.status === 'running'
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Import conversations"
      description="Our own JSON, the conversations.json of ChatGPT, or ShareGPT. What is stored is never altered."
    >
      <Field label="File" hint="The same file again adds nothing.">
        {(field) => (
          <Input
            {...field}
            type="file"
            accept=".json,.jsonl,.ndjson,application/json"
            data-testid="import-file"
            className="h-auto py-1.5"
            disabled={isRunning}
            onChange={({ target }) => target.files?.[0] !== undefined && void run(target.files[0])}
          />
        )}
      </Field>
      <div role="status">
        {state.status === 'running' && <Progress {...state} />}
        {state.status === 'done' && <ImportResult report={state.report} />}
        {state.status === 'failed' && <p className="text-sm text-danger">{state.problem}</p>}
      </div>
      <DialogActions>
        {isRunning ? <Button onClick={abort}>Stop</Button> : <Button onClick={onClose}>Close</Button>}
      </DialogActions>
    </Dialog>
  )
}

function Progress({ progress, totalBytes }: Extract<ImportState, { status: 'running' }>) {
  const { bytes = 0, conversations = 0, messages = 0 } = progress ?? {}
  return (
    <div className="flex flex-col gap-2 text-sm">
      <progress className="w-full accent-accent" aria-label="Imported" value={bytes} max={totalBytes} />
      {formatBytes(bytes)} of {formatBytes(totalBytes)}:{countOf(conversations, 'conversation')},{' '}
      {countOf(messages, 'message')}
    </div>
  )
}
