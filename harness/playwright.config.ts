import { defineConfig } from '@playwright/test'
import { chromiumArgs, chromiumPath } from '../packages/s5js/tests/browser/chromium'

/** The production build of the harness and a real portal, in a real Chromium: `npm run e2e` in the root. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-output/results',
  globalSetup: './e2e/support/servers.ts',
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  // A slow machine that is shared must not fail a test: each waits for what it needs, and no longer.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [
    ['list', { printSteps: false }],
    ['json', { outputFile: 'test-output/report.json' }],
  ],
  use: {
    baseURL: process.env.HARNESS_URL ?? '',
    launchOptions: { executablePath: chromiumPath, args: chromiumArgs },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
})
