import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ENTRY = fileURLToPath(new URL('../../src/create-sdk.ts', import.meta.url))

/** Code that is loaded together, in bytes. */
export interface BundlePart {
  /** Of the file whose import loads it. */
  name: string
  gzipped: number
  /** The packages in it. */
  packages: ReadonlySet<string>
}

/**
 * What a browser loads of sdk-core, bundled, minified and split by esbuild, without ethers: `initial` with the first
 * script of an application that calls `createSdk`, and each of `later` when it is needed, without what is loaded
 * then. The files of a part are gzipped as one, as most bundlers make one of them.
 */
export async function measureBundle(): Promise<{ initial: BundlePart; later: BundlePart[] }> {
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
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({
    path,
    ...output,
    contents: outputFiles.find((file) => file.path.endsWith(path))?.contents ?? new Uint8Array(),
  }))
  const filesOf = (path: string, seen = new Set<string>()): Set<string> => {
    seen.add(path)
    const output = outputs.find((each) => each.path === path)
    const needed =
      output?.imports.filter(({ kind, external }) => kind === 'import-statement' && !external) ?? []
    for (const next of needed) if (!seen.has(next.path)) filesOf(next.path, seen)
    return seen
  }
  const partOf = (name: string, files: ReadonlySet<string>): BundlePart => {
    const own = outputs.filter(({ path }) => files.has(path))
    return {
      name,
      gzipped: gzipSync(Buffer.concat(own.map(({ contents }) => contents))).length,
      packages: new Set(own.flatMap(({ inputs }) => Object.keys(inputs)).map(packageOf)),
    }
  }
  const entries = outputs.filter(({ entryPoint }) => entryPoint !== undefined)
  const first = entries.find(({ entryPoint }) => entryPoint?.endsWith('src/create-sdk.ts'))
  const initial = filesOf(first?.path ?? '')
  const later = entries
    .filter((entry) => entry !== first)
    .map(({ entryPoint, path }) => partOf(entryPoint ?? path, difference(filesOf(path), initial)))
  return { initial: partOf('initial', initial), later }
}

function difference(all: ReadonlySet<string>, without: ReadonlySet<string>): Set<string> {
  return new Set([...all].filter((each) => !without.has(each)))
}

function packageOf(input: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'own'
}
