import './globals.css'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { Toaster } from 'sonner'
import { AppShell } from '@/components/shell/app-shell'
import { StartSession } from '@/lib/sdk/use-page-session'
import { THEME_SCRIPT } from '@/lib/theme'

export const metadata: Metadata = {
  title: { default: 'S5 Conversations', template: '%s · S5 Conversations' },
  description: 'Conversations that are yours: sealed to your key, on S5.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <AppShell>{children}</AppShell>
        <StartSession />
        <Toaster position="bottom-right" />
      </body>
    </html>
  )
}
