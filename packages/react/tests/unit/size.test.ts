import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const ENTRY = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
/** In bytes, minified and gzipped, without React and the SDK. */
const BUDGET = 12_000

it('All of the package is small', async () => {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    external: ['react', 'react-dom', 'react/jsx-runtime', '@s5-conversations/sdk-core'],
    write: false,
    legalComments: 'none',
  })
  const [bundle] = outputFiles
  expect(gzipSync(bundle?.contents ?? new Uint8Array()).length).toBeLessThan(BUDGET)
})
