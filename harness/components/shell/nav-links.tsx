'use client'

import clsx from 'clsx'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { PAGES } from './pages'

export function NavLinks({ onNavigate }: { onNavigate?: () => void }) {
  const pathname = usePathname()
  return (
    <ul className="flex flex-col gap-0.5">
      {PAGES.map(({ href, title, icon: Icon }) => {
        const isCurrent = pathname === href
        return (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
              {...(isCurrent ? { 'aria-current': 'page' as const } : {})}
              className={clsx(
                'flex items-center gap-2.5 rounded-control px-2.5 py-2 text-sm',
                isCurrent
                  ? 'bg-accent-soft font-medium text-accent'
                  : 'text-muted hover:bg-raised hover:text-ink',
              )}
            >
              <Icon className="size-4" aria-hidden />
              {title}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
