import clsx from 'clsx'
import type { ComponentProps } from 'react'

const VARIANTS = {
  primary: 'bg-accent text-accent-ink hover:brightness-110',
  secondary: 'border border-line bg-surface text-ink hover:bg-raised',
  ghost: 'text-ink hover:bg-raised',
  danger: 'border border-line bg-surface text-danger hover:bg-danger-soft',
}

const SIZES = {
  normal: 'h-9 gap-2 px-3.5 text-sm',
  small: 'h-7 gap-1.5 px-2.5 text-xs',
  icon: 'size-9',
  smallIcon: 'size-7',
}

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: keyof typeof VARIANTS
  size?: keyof typeof SIZES
}

export function Button({ variant = 'secondary', size = 'normal', className, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-control font-medium transition',
        'disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
        VARIANTS[variant],
        SIZES[size],
        className,
      )}
    />
  )
}
