'use client'

import type { Sdk, VerificationReport, VerifiedCounts } from '@s5-conversations/sdk-core'
import { ShieldCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { formatCount } from '@/lib/lab/format'
import { useAction } from '@/lib/lab/use-action'
import { Code } from '../lab/facts'
import { Problem } from '../lab/problem'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Cell, Table } from '../ui/table'

interface VerificationProps {
  sdk: Sdk
  conversationId: string
}

/** Recomputes everything that is stored of a conversation, from each portal by itself. */
export function Verification({ sdk, conversationId }: VerificationProps) {
  const [checked, setChecked] = useState<VerifiedCounts>()
  const [report, setReport] = useState<VerificationReport>()
  const controller = useRef<AbortController>(undefined)
  useEffect(() => () => controller.current?.abort(), [])
  const { run, isBusy, problem } = useAction(async () => {
    controller.current = new AbortController()
    setReport(undefined)
    setChecked({ blobs: 0, records: 0, receipts: 0 })
    const { signal } = controller.current
    setReport(await sdk.storage.verifyConversation(conversationId, { signal, onProgress: setChecked }))
  })
  const stop = () => controller.current?.abort(new Error('Stopped before its end.'))
  return (
    <Card
      title="Verify"
      description="Every hash, signature, count and receipt, from each portal by itself. Changes nothing."
      actions={
        isBusy ? (
          <Button onClick={stop}>Stop</Button>
        ) : (
          <Button variant="primary" onClick={() => run()} data-testid="verify">
            <ShieldCheck />
            Verify
          </Button>
        )
      }
    >
      <Problem text={problem} />
      {isBusy && <progress aria-label="Verifying" className="h-1.5 w-full accent-(--accent)" />}
      <p role="status" className="text-sm text-muted">
        {checked !== undefined && countsText(report?.checked ?? checked)}
      </p>
      {report !== undefined && <Report report={report} />}
    </Card>
  )
}

function Report({ report: { ok, version, portals, damages } }: { report: VerificationReport }) {
  return (
    <div className="mt-3 flex flex-col gap-3" data-testid="verification-report">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={ok ? 'good' : 'danger'}>{ok ? 'Intact' : `${damages.length} damaged`}</Badge>
        {version !== undefined && `version ${version}, `}
        {portals.length === 1 ? 'on one portal' : `on ${portals.length} portals`}
      </p>
      {!ok && (
        <Table caption="What is damaged" head={['Kind', 'Where', 'What', 'Can be mended']}>
          {damages.map(({ kind, subject, record, portal, cid, message, mendable }, i) => (
            <tr key={i}>
              <Cell>
                <Badge tone="danger">{kind}</Badge>
              </Cell>
              <Cell>
                {record} of the {subject}
                {portal !== undefined && `, on ${portal}`}
              </Cell>
              <Cell>
                {message} {cid !== undefined && <Code>{cid}</Code>}
              </Cell>
              <Cell>{mendable ? 'from another portal' : 'no'}</Cell>
            </tr>
          ))}
        </Table>
      )}
    </div>
  )
}

function countsText({ blobs, records, receipts }: VerifiedCounts): string {
  return `Checked ${formatCount(blobs)} blobs, ${formatCount(records)} records, ${formatCount(receipts)} receipts.`
}
