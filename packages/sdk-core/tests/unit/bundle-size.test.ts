import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const ENTRY = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
/**
 * In bytes, minified and gzipped, without ethers. The goal is 80 kB for all of it. What is above it, in about so many kB: the
 * database (Dexie 31), Ed25519 for browsers that have none (15), BLAKE3 in WebAssembly (12), DAG-CBOR (8),
 * checks of what is read (8), files in and out (6), peers over WebSocket (4).
 */
const EAGER_BUDGET = 160_000
const LAZY_BUDGET = 44_000

it('What a browser loads grows no further, and the database is loaded only where it is used', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    conditions: ['@s5-conversations/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['ethers'],
    splitting: true,
    outdir: 'out',
    write: false,
    metafile: true,
    legalComments: 'none',
  })
  const outputs = Object.entries(metafile.outputs)
  const eager = new Set(
    outputs.flatMap(([, { entryPoint, imports }]) =>
      entryPoint?.endsWith('sdk-core/src/index.ts') === true
        ? imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)
        : [],
    ),
  )
  const isEager = (name: string) => name.endsWith('/index.js') || eager.has(name)
  const sizes = outputFiles.map(({ path, contents }) => {
    const name = outputs.find(([output]) => path.endsWith(output))?.[0] ?? path
    return { isEager: isEager(name), bytes: gzipSync(contents).length }
  })
  const sum = (lazy: boolean) =>
    sizes.reduce((bytes, size) => (size.isEager === lazy ? bytes : bytes + size.bytes), 0)
  expect(sum(false)).toBeLessThan(EAGER_BUDGET)
  expect(sum(true)).toBeLessThan(LAZY_BUDGET)
  const withDexie = outputs.filter(([, { inputs }]) =>
    Object.keys(inputs).some((input) => input.includes('dexie')),
  )
  expect(withDexie.map(([name]) => isEager(name))).toEqual([false])
})
