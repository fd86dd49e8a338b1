import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/client.ts', 'src/cli.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: {
    entry: ['src/index.ts', 'src/client.ts'],
    compilerOptions: { ignoreDeprecations: '6.0', composite: false },
  },
  sourcemap: true,
  clean: true,
  silent: true,
})
