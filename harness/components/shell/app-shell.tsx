import type { ReactNode } from 'react'
import { IdentityBadge } from '../identity/identity-badge'
import { Brand } from './brand'
import { MobileNav } from './mobile-nav'
import { NavLinks } from './nav-links'
import { ThemeSwitch } from './theme-switch'

/** The frame of every page: navigation at the side, or behind a button where there is little room. */
export function AppShell({ children }: { children: ReactNode }) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_1fr]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <aside className="hidden border-r border-line bg-surface lg:block">
        <div className="sticky top-0 flex h-dvh flex-col p-4">
          <div className="px-2 pt-1 pb-6">
            <Brand />
          </div>
          <nav aria-label="Pages">
            <NavLinks />
          </nav>
          <div className="mt-auto flex items-center justify-between gap-2">
            <IdentityBadge />
            <ThemeSwitch />
          </div>
        </div>
      </aside>
      <header className="sticky top-0 z-30 flex items-center justify-between border-b border-line bg-surface px-4 py-2.5 lg:hidden">
        <Brand />
        <MobileNav />
      </header>
      <main id="content" className="min-w-0">
        {children}
      </main>
    </div>
  )
}
