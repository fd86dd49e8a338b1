import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // The harness lies in a workspace, whose root holds the packages that it links to.
  turbopack: { root: fileURLToPath(new URL('..', import.meta.url)) },
  // Types are checked by `npm run type-check`, together with those of all packages.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  devIndicators: false,
}

export default config
