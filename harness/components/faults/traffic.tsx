'use client'

import type { Sdk } from '@s5-conversations/sdk-core'
import { Send } from 'lucide-react'
import { formatBytes } from '@/lib/format'
import { formatCount } from '@/lib/lab/format'
import { useAction } from '@/lib/lab/use-action'
import { Counter } from '../lab/counter'
import { Legend, LineChart } from '../lab/lazy-charts'
import { Problem } from '../lab/problem'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { useTraffic } from './use-traffic'

const SERIES = [
  { name: 'Requests', color: 'var(--accent)' },
  { name: 'Conflicts', color: 'var(--danger)' },
  { name: 'Retries', color: 'var(--warning)' },
  { name: 'Merges', color: 'var(--muted)' },
] as const
const MESSAGES = 10

interface TrafficProps {
  sdks: readonly Sdk[]
  /** Sends what is sent to make some traffic. */
  openWriters(): Promise<readonly Sdk[]>
}

/** What the SDK does right now, as a picture and in numbers. */
export function Traffic({ sdks, openWriters }: TrafficProps) {
  const { total, seconds } = useTraffic(sdks)
  const { run, isBusy, problem } = useAction(async () => sendMessages(await openWriters()))
  const points = seconds.map(({ requests, conflicts, retries, merges }, i) => ({
    x: i + 1 - seconds.length,
    Requests: requests,
    Conflicts: conflicts,
    Retries: retries,
    Merges: merges,
  }))
  return (
    <Card
      title="Traffic"
      description="Of this page, second by second over the last minute."
      actions={
        <Button onClick={() => run()} disabled={isBusy} data-testid="send-ten">
          <Send />
          {isBusy ? 'Sending …' : `Send ${MESSAGES} messages`}
        </Button>
      }
    >
      <Problem text={problem} />
      <LineChart series={SERIES} points={points} />
      <Legend series={SERIES} />
      {total !== undefined && (
        <dl className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-4">
          <Counter name="Requests" value={formatCount(total.requests)} />
          <Counter name="Conflicts" value={formatCount(total.conflicts)} />
          <Counter name="Retries" value={formatCount(total.retries)} />
          <Counter name="Merges" value={formatCount(total.merges)} />
          <Counter name="Saves" value={formatCount(total.saves)} />
          <Counter name="Rollbacks" value={formatCount(total.rollbacks)} />
          <Counter name="Sent" value={formatBytes(total.bytesUp)} />
          <Counter name="Received" value={formatBytes(total.bytesDown)} />
        </dl>
      )}
    </Card>
  )
}

/** Each after the other, from writers by turns: where a line is bad, it shows. */
async function sendMessages(writers: readonly Sdk[]): Promise<void> {
  for (let i = 0; i < MESSAGES; i += 1) {
    const writer = writers[i % writers.length]
    await writer?.storage.appendMessage('traffic', { role: 'user', content: `Message ${i + 1}` })
  }
}
