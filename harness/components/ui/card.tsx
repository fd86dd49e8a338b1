import clsx from 'clsx'
import type { ReactNode } from 'react'

interface CardProps {
  title?: ReactNode
  description?: ReactNode
  /** Stands at the end of the title's line. */
  actions?: ReactNode
  className?: string
  children?: ReactNode
}

export function Card({ title, description, actions, className, children }: CardProps) {
  return (
    <section className={clsx('rounded-card border border-line bg-surface p-5', className)}>
      {title !== undefined && (
        <header className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2 last:mb-0 has-[+:empty:last-child]:mb-0">
          <div className="min-w-40 flex-1">
            <h2 className="font-semibold">{title}</h2>
            {description !== undefined && <p className="mt-1 text-sm text-muted">{description}</p>}
          </div>
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  )
}
