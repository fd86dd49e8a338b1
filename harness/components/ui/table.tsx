import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

interface TableProps {
  /** Says what the table holds, to who does not see it. */
  caption: string
  head: ReactNode[]
  children: ReactNode
}

/** Scrolls sideways where it is wider than its place. */
export function Table({ caption, head, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section aria-label={caption} tabIndex={0} className="overflow-x-auto rounded-control border border-line">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line bg-raised text-left text-xs text-muted">
            {head.map((cell, i) => (
              <th key={i} scope="col" className="px-3 py-2 font-medium">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </section>
  )
}

export function Cell({ className, ...props }: ComponentProps<'td'>) {
  return <td {...props} className={clsx('px-3 py-2 align-top', className)} />
}
