import type { ReactNode } from 'react'

interface PageProps {
  title: string
  description: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The content of a page, below its title. */
export function Page({ title, description, actions, children }: PageProps) {
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-6 sm:px-8 sm:py-8">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 max-w-2xl text-sm text-muted">{description}</p>
        </div>
        {actions}
      </header>
      {children}
    </div>
  )
}
