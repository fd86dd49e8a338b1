import { beforeAll, describe, expect, it } from 'vitest'
import { type Bundle, bundleForBrowsers } from '../support/bundle'

const KIB = 1024
/** The first script of every application; then conversations on S5; then those of this device. */
const FIRST = ['create-sdk.ts']
const ON_S5 = [...FIRST, 'portal-account.ts', 's5-seed-phrase.ts']
const LOCAL_FIRST = [...ON_S5, 'open-local-first.ts']

let bundle: Bundle
beforeAll(async () => {
  bundle = await bundleForBrowsers()
})

/** In bytes, minified and gzipped. docs/design/bundle.md says what weighs what. */
describe('What a browser loads', () => {
  it('grows no further', () => {
    const [first, onS5, localFirst] = [FIRST, ON_S5, LOCAL_FIRST].map(
      (files) => bundle.load(...files).gzipped,
    )
    expect(first).toBeLessThan(44 * KIB)
    expect(onS5).toBeLessThan(97 * KIB)
    expect(localFirst).toBeLessThan(139 * KIB)
    expect(first).toBeGreaterThan(20 * KIB)
  })

  it('is without what few need, and without a database where none is wanted', () => {
    const few = ['hash-wasm', 'tweetnacl', '@noble/curves', 'ws', 'ethers', 'pg']
    const { packages } = bundle.load(...LOCAL_FIRST)
    expect(few.filter((name) => packages.has(name))).toEqual([])
    expect(packages).toContain('dexie')
    expect(bundle.load(...ON_S5).packages).not.toContain('dexie')
    expect(bundle.load(...FIRST).packages).not.toContain('@noble/ciphers')
  })

  it('later, for one feature, is less than thirty kilobytes', () => {
    const before = bundle.load(...LOCAL_FIRST).gzipped
    const sizes = bundle.lazy.map((file) => ({
      file,
      bytes: bundle.load(...LOCAL_FIRST, file).gzipped - before,
    }))
    expect(sizes.filter(({ bytes }) => bytes > 30 * KIB)).toEqual([])
  })
})
