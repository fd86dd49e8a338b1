import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** Builds sdk-core as its next release may be: the database of the device has a further version of its schema. */
export const laterSdk: Plugin = {
  name: 'later-sdk',
  setup: ({ onLoad }) => {
    onLoad({ filter: /sdk-core\/src\/local\/database\.ts$/ }, async ({ path }) => ({
      contents: withLaterSchema(await readFile(path, 'utf8')),
      loader: 'ts',
    }))
  },
}

function withLaterSchema(source: string): string {
  const schema = /const SCHEMA_VERSION = (\d+)/
  const last = 'this.version(SCHEMA_VERSION)'
  const version = Number(schema.exec(source)?.[1])
  if (!source.includes(last) || !(version > 0)) throw new Error('database.ts has its schema elsewhere')
  return source
    .replace(schema, `const SCHEMA_VERSION = ${version + 1}`)
    .replace(last, `${last}.stores({ later: 'id' })\n    this.version(${version})`)
}
