import type { ImportReport } from '@s5-conversations/sdk-core'
import { countOf } from '@/lib/format'
import { Cell, Table } from '../ui/table'

/** What an import has brought, and what of the file is broken, by its line. */
export function ImportResult({ report }: { report: ImportReport }) {
  const { conversations, messages, skipped, failures, failed } = report
  return (
    <div className="flex flex-col gap-3 text-sm" data-testid="import-result">
      <p>
        Added {countOf(conversations, 'conversation')} and {countOf(messages, 'message')}
        {skipped > 0 && `; ${countOf(skipped, 'message')} were here already`}.
      </p>
      {failures > 0 && (
        <>
          <p className="text-danger">
            {failures === 1 ? 'One record is' : `${failures} records are`} broken, and{' '}
            {failures === 1 ? 'was' : 'were'} left out:
          </p>
          <Table caption="Broken records" head={['Line', 'Why']}>
            {failed.map(({ line, index, reason }) => (
              <tr key={index}>
                <Cell className="tabular-nums">{line}</Cell>
                <Cell>{reason}</Cell>
              </tr>
            ))}
          </Table>
        </>
      )}
    </div>
  )
}
