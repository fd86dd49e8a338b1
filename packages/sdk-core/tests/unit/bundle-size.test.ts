import { expect, it } from 'vitest'
import { measureBundle } from '../support/bundle'

/** In bytes, minified and gzipped, without ethers. docs/guides/bundle.md says what weighs what. */
const INITIAL_BUDGET = 98_000
const DATABASE_BUDGET = 43_500
const LATER_BUDGET = 30_000

it('What a browser loads grows no further, and what few need is loaded only where it is used', async () => {
  const { initial, later } = await measureBundle()
  const { packages } = initial
  const needless = ['dexie', 'hash-wasm', 'tweetnacl', '@noble/curves', 'ws', 'ethers', 'pg']
  expect(needless.filter((name) => packages.has(name))).toEqual([])
  expect(packages).toContain('zod')
  expect(initial.gzipped).toBeGreaterThan(10_000)
  expect(initial.gzipped).toBeLessThan(INITIAL_BUDGET)
  const database = later.find(({ name }) => name.endsWith('/open-local-first.ts'))
  expect(database?.packages).toContain('dexie')
  expect(database?.gzipped).toBeLessThan(DATABASE_BUDGET)
  const others = later.filter((part) => part !== database)
  expect(others.filter(({ gzipped }) => gzipped > LATER_BUDGET)).toEqual([])
})
