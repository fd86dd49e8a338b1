import clsx from 'clsx'
import { type ComponentProps, type ReactNode, useId } from 'react'

const CONTROL =
  'w-full rounded-control border border-line bg-surface px-3 text-sm text-ink placeholder:text-muted disabled:opacity-50'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input dir="auto" {...props} className={clsx(CONTROL, 'h-9', className)} />
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea dir="auto" {...props} className={clsx(CONTROL, 'py-2', className)} />
}

export function Select({ className, ...props }: ComponentProps<'select'>) {
  return <select {...props} className={clsx(CONTROL, 'h-9', className)} />
}

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | undefined
  children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode
}

/** A control with its label, a hint, and what is wrong with what was entered. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': `${id}-hint`, 'aria-invalid': error !== undefined })}
      <p id={`${id}-hint`} className={clsx('text-xs', error === undefined ? 'text-muted' : 'text-danger')}>
        {error ?? hint}
      </p>
    </div>
  )
}
