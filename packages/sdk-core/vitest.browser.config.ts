import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineProject } from 'vitest/config'
import { chromiumArgs, chromiumPath } from '../s5js/tests/browser/chromium.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The SDK in a real Chromium, against a real portal: that of the S5 client's browser tests. */
export default defineProject({
  root: import.meta.dirname,
  resolve: {
    alias: {
      '@s5-dev/s5js': pathOf('../s5js/src/index.ts'),
      '@s5-conversations/s5-portal': pathOf('../s5-portal/src/index.ts'),
    },
  },
  optimizeDeps: {
    include: [
      '@noble/ciphers/chacha.js',
      '@noble/ciphers/salsa.js',
      '@noble/curves/ed25519.js',
      '@noble/curves/secp256k1.js',
      '@noble/hashes/blake3.js',
      '@noble/hashes/hkdf.js',
      '@noble/hashes/scrypt.js',
      '@noble/hashes/sha2.js',
      '@noble/hashes/sha3.js',
      '@noble/hashes/utils.js',
      'cborg',
      'dexie',
      'ethers',
      'hash-wasm',
      'idb',
      'multiformats/bases/base16',
      'multiformats/bases/base32',
      'multiformats/bases/base58',
      'multiformats/bases/base64',
      'p-retry',
      'tweetnacl',
      'uuid',
      'zod/mini',
    ],
  },
  test: {
    name: 'sdk-core-browser',
    include: ['tests/browser/*.test.ts', 'tests/unit/{merge,validation,conformance,storage-lock}.test.ts'],
    globalSetup: [pathOf('../s5js/tests/browser/global-setup.ts')],
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: chromiumPath, args: chromiumArgs } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
