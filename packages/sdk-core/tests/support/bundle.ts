import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

const ENTRY = fileURLToPath(new URL('../../src/create-sdk.ts', import.meta.url))

type Output = Metafile['outputs'][string] & { contents: Uint8Array }

/** sdk-core as a browser gets it: bundled, minified and split by esbuild, without ethers. */
export interface Bundle {
  /** The files whose `import()` loads more, by their paths. */
  readonly lazy: readonly string[]
  /** What has to be loaded to run these files, by the ends of their paths; the first script is `create-sdk.ts`. */
  load(...files: string[]): {
    /** In bytes, as one file, which is what most bundlers make of it. */
    gzipped: number
    packages: ReadonlySet<string>
  }
}

export async function bundleForBrowsers(): Promise<Bundle> {
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
  const contentsOf = (path: string) =>
    outputFiles.find((file) => file.path.endsWith(path))?.contents ?? new Uint8Array()
  const outputs = new Map<string, Output>(
    Object.entries(metafile.outputs).map(([path, each]) => [path, { ...each, contents: contentsOf(path) }]),
  )
  const entries = [...outputs.values()].flatMap(({ entryPoint }) => entryPoint ?? [])
  return {
    lazy: entries.filter((entry) => !ENTRY.endsWith(entry)),
    load: (...files) => {
      const loaded = new Set(files.flatMap((file) => closureOf(outputs, file)))
      const inputs = [...loaded].flatMap((output) => Object.keys(output.inputs))
      return {
        gzipped: gzipSync(Buffer.concat([...loaded].map(({ contents }) => contents))).length,
        packages: new Set(inputs.map(packageOf)),
      }
    },
  }
}

/** The script of a file, and whatever that imports before it runs. */
function closureOf(outputs: ReadonlyMap<string, Output>, file: string): Output[] {
  const first = [...outputs.values()].find(({ entryPoint }) => entryPoint?.endsWith(file))
  if (first === undefined) throw new Error(`${file} is not loaded by itself`)
  const found = new Set([first])
  for (const { imports } of found) {
    for (const { path, kind } of imports) {
      const next = kind === 'import-statement' ? outputs.get(path) : undefined
      if (next !== undefined) found.add(next)
    }
  }
  return [...found]
}

function packageOf(input: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'own'
}
