import { fileURLToPath } from 'node:url'

// The app lies in a workspace, whose root holds the packages that it links to.
export default { turbopack: { root: fileURLToPath(new URL('../../../..', import.meta.url)) } }
