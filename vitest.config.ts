import { defineConfig } from 'vitest/config'

// No `import` among them: Node would apply it to `require` as well, and give CommonJS packages (pg) ES modules.
const resolve = { conditions: ['@s5-conversations/source', 'module', 'default'] }

/** SQL files are texts, as in the built package. */
const sqlAsText = {
  name: 'sql-as-text',
  transform: (code: string, id: string) =>
    id.endsWith('.sql') ? `export default ${JSON.stringify(code)}` : undefined,
}

function project(name: string, include: string[], timeoutMs: number) {
  return {
    plugins: [sqlAsText],
    resolve,
    ssr: { resolve },
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', '**/dist/**', ...(name === 'long' ? [] : ['**/*.long.test.ts'])],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
    },
  }
}

/** What applications get: the packages as they are built. Files of a worker share the compiler, and what it has read. */
const { test: docsTest } = project('docs', ['docs/tests/*.test.ts'], 60_000)
const docs = { test: { ...docsTest, isolate: false } }

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', ['json', { outputFile: 'coverage/test-report.json' }]],
    projects: [
      project('s5js', ['packages/s5js/tests/{unit,integration}/*.test.ts'], 20_000),
      'packages/s5js/vitest.browser.config.ts',
      'packages/sdk-core/vitest.browser.config.ts',
      'packages/react/vitest.browser.config.ts',
      project('s5-portal', ['packages/s5-portal/tests/**/*.test.ts'], 30_000),
      project('sdk-core', ['packages/sdk-core/tests/{unit,integration}/*.test.ts'], 60_000),
      project('react', ['packages/react/tests/unit/*.test.{ts,tsx}'], 60_000),
      project('gateway', ['packages/gateway/tests/**/*.test.ts'], 60_000),
      project('demo', ['examples/**/*.test.ts'], 60_000),
      docs,
      project('install-test', ['packages/install-test/tests/*.test.ts'], 180_000),
      project('long', ['packages/**/*.long.test.ts'], 30 * 60_000),
    ],
  },
})
