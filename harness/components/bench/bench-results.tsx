'use client'

import { formatBytes } from '@/lib/format'
import { formatMs } from '@/lib/lab/format'
import { BarChart } from '../lab/lazy-charts'
import { Card } from '../ui/card'
import { CopyButton } from '../ui/copy-button'
import { Cell, Table } from '../ui/table'
import { Tabs } from '../ui/tabs'
import type { StepResult } from './run-bench'
import type { BenchReport } from './use-bench'

const HEAD = ['Operation', 'Count', 'Requests', 'Round trips', 'Sent', 'Received', 'Median', '95 of 100']

const PICTURES = [
  { value: 'requests', title: 'Requests', of: ({ requests }: StepResult) => requests },
  { value: 'bytes', title: 'Bytes', of: ({ bytesUp, bytesDown }: StepResult) => bytesUp + bytesDown },
  { value: 'times', title: 'Time in ms', of: ({ medianMs }: StepResult) => medianMs },
]

/** What was measured, for each operation. */
export function BenchResults({ report }: { report: BenchReport }) {
  const { steps, size, portal } = report
  return (
    <Card
      title="Results"
      description={`Per operation: ${size.messageBytes} bytes a message, on ${portal}. Requests and bytes depend on the SDK alone, times on the machine too.`}
      actions={<CopyButton text={JSON.stringify(report, null, 2)}>Copy as JSON</CopyButton>}
    >
      <div className="flex flex-col gap-5" data-testid="bench-results">
        <p role="status" className="sr-only">
          The benchmark is done.
        </p>
        <Table caption="Results of the benchmark" head={HEAD}>
          {steps.map((step) => (
            <ResultRow key={step.name} step={step} />
          ))}
        </Table>
        <Tabs
          label="Pictures"
          tabs={PICTURES.map(({ value, title, of }) => ({
            value,
            title,
            content: (
              <BarChart name={title} bars={steps.map((step) => ({ label: step.name, value: of(step) }))} />
            ),
          }))}
        />
      </div>
    </Card>
  )
}

function ResultRow({ step }: { step: StepResult }) {
  const { name, hint, operations, requests, roundTrips, bytesUp, bytesDown, medianMs, p95Ms } = step
  return (
    <tr>
      <Cell className="min-w-44">
        {name}
        <span className="block text-xs text-muted">{hint}</span>
      </Cell>
      <Cell>{operations}</Cell>
      <Cell>{requests}</Cell>
      <Cell>{roundTrips}</Cell>
      <Cell className="whitespace-nowrap">{formatBytes(bytesUp)}</Cell>
      <Cell className="whitespace-nowrap">{formatBytes(bytesDown)}</Cell>
      <Cell className="whitespace-nowrap">{formatMs(medianMs)}</Cell>
      <Cell className="whitespace-nowrap">{formatMs(p95Ms)}</Cell>
    </tr>
  )
}
