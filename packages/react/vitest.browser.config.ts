import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineProject } from 'vitest/config'
import { chromiumArgs, chromiumPath } from '../s5js/tests/browser/chromium.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The components in a real Chromium, with the SDK and a real portal: that of the S5 client's browser tests. */
export default defineProject({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@s5-conversations/source', 'module', 'browser', 'development'] },
  optimizeDeps: { include: ['react', 'react-dom', 'react-dom/client', 'react-dom/server', 'axe-core'] },
  test: {
    name: 'react-browser',
    include: ['tests/browser/*.test.tsx'],
    globalSetup: [pathOf('../s5js/tests/browser/global-setup.ts')],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: chromiumPath, args: chromiumArgs },
        contextOptions: { permissions: ['clipboard-read', 'clipboard-write'] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
