import clsx from 'clsx'

/** Holds the place of what is being loaded. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div role="status" className={clsx('animate-pulse rounded-control bg-raised', className)}>
      <span className="sr-only">Loading …</span>
    </div>
  )
}
