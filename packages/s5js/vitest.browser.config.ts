import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineProject } from 'vitest/config'
import { chromiumArgs, chromiumPath } from './tests/browser/chromium.ts'

// Tests of their own, and those unit tests that need nothing of Node.
const include = [
  'browser/*',
  ...[
    'blake3',
    'blob-cache',
    'blob-identifier',
    'decode-message-fuzz',
    'mutable-encryption',
    'peer-messages',
    'registry-entry',
    'seed-phrase',
    'word-list',
  ].map((name) => `unit/${name}`),
].map((name) => `tests/${name}.test.ts`)

// The global set-up resolves workspace packages without the condition for their sources.
const alias = {
  '@s5-conversations/s5-portal': fileURLToPath(new URL('../s5-portal/src/index.ts', import.meta.url)),
}

/** The client in a real Chromium: that of `CHROME_PATH`, or the one from npm. */
export default defineProject({
  root: import.meta.dirname,
  resolve: { alias },
  optimizeDeps: {
    include: [
      '@noble/ciphers/chacha.js',
      '@noble/curves/ed25519.js',
      '@noble/hashes/blake3.js',
      'fast-check',
      'hash-wasm',
      'idb',
      'multiformats/bases/base16',
      'multiformats/bases/base32',
      'multiformats/bases/base58',
      'multiformats/bases/base64',
    ],
  },
  test: {
    name: 's5js-browser',
    include,
    globalSetup: ['tests/browser/global-setup.ts'],
    testTimeout: 20_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: chromiumPath, args: chromiumArgs } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
