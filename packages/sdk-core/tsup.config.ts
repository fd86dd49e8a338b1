import { copyFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing/index.ts',
    observers: 'src/observers/index.ts',
    wallet: 'src/wallet.ts',
    postgres: 'src/postgres.ts',
  },
  // All entries share their modules, so that `instanceof` holds for errors of any.
  splitting: true,
  format: ['esm', 'cjs'],
  target: 'es2022',
  loader: { '.sql': 'text' },
  dts: { resolve: [/^@s5-dev\/s5js/], compilerOptions: { ignoreDeprecations: '6.0', composite: false } },
  // cborg cannot be required.
  noExternal: [/^@s5-dev\/s5js/, 'cborg'],
  sourcemap: true,
  clean: true,
  silent: true,
  // Where `SDKError.docsUrl` points.
  onSuccess: () => copyFile('../../docs/errors.md', 'dist/errors.md'),
})
