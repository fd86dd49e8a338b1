'use client'

import { Play } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useHarness } from '@/lib/sdk/use-page-session'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Field, Select } from '../ui/input'
import { BenchResults } from './bench-results'
import { type BenchProgress, useBench } from './use-bench'

const OPERATIONS = [5, 25, 100]
const MESSAGE_BYTES = [200, 500, 5000, 50_000]

/** Measures this browser against the portal. */
export function BenchPanel() {
  const { run, cancel, isBusy, problem, progress, report } = useBench(useHarness())
  const [size, setSize] = useState({ operations: 25, messageBytes: 500 })
  const start = (event: FormEvent) => {
    event.preventDefault()
    void run(size)
  }
  return (
    <>
      <Card
        title="Run"
        description="Writes conversations of its own under your identity, with clients that keep nothing on this device."
      >
        <form onSubmit={start} className="flex flex-wrap items-start gap-4">
          <div className="w-40">
            <Field label="Operations" hint="Of each kind">
              {(field) => (
                <Select
                  {...field}
                  value={size.operations}
                  disabled={isBusy}
                  onChange={({ target }) => setSize({ ...size, operations: Number(target.value) })}
                >
                  {OPERATIONS.map((count) => (
                    <option key={count}>{count}</option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <div className="w-40">
            <Field label="Message size" hint="In bytes">
              {(field) => (
                <Select
                  {...field}
                  value={size.messageBytes}
                  disabled={isBusy}
                  onChange={({ target }) => setSize({ ...size, messageBytes: Number(target.value) })}
                >
                  {MESSAGE_BYTES.map((bytes) => (
                    <option key={bytes}>{bytes}</option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <div className="mt-6.5 flex gap-2">
            <Button type="submit" variant="primary" disabled={isBusy} data-testid="start-bench">
              <Play />
              Start
            </Button>
            {isBusy && <Button onClick={cancel}>Cancel</Button>}
          </div>
        </form>
        <Problem text={problem} />
        {progress !== undefined && <Progress progress={progress} />}
      </Card>
      {report !== undefined && <BenchResults report={report} />}
    </>
  )
}

function Progress({ progress: { step, done, of } }: { progress: BenchProgress }) {
  return (
    <div className="mt-4 flex flex-col gap-1.5">
      <progress aria-label="Benchmark" max={of} value={done} className="h-1.5 w-full accent-(--accent)" />
      <p className="text-sm text-muted">
        {step}: {done} of {of}
      </p>
    </div>
  )
}
