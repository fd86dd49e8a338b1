// A file of its own: a dynamic import of the package itself would bring all of its algorithms.
export { createBLAKE3 } from 'hash-wasm'
