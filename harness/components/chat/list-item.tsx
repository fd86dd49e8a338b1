import clsx from 'clsx'
import type { ReactNode } from 'react'

interface ListItemProps {
  isOpen?: boolean
  title: string
  /** A few small words below the title. */
  facts: ReactNode
  testId?: string
  onClick(): void
  children?: ReactNode
}

/** One conversation in a list, whatever it is a list of. */
export function ListItem({ isOpen = false, title, facts, testId, onClick, children }: ListItemProps) {
  return (
    <li>
      <button
        type="button"
        data-testid={testId}
        aria-current={isOpen}
        onClick={onClick}
        className={clsx(
          'w-full rounded-control px-3 py-2 text-left',
          isOpen ? 'bg-accent-soft' : 'hover:bg-raised',
        )}
      >
        <span dir="auto" className="block truncate text-sm font-medium">
          {title}
        </span>
        <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted">{facts}</span>
        {children}
      </button>
    </li>
  )
}
