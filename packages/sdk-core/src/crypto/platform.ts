interface NodeProcess {
  getBuiltinModule?(id: string): unknown
}

/** A module of Node, or `undefined` in browsers; bundlers see no import of it. */
export function nodeModule<T>(id: `node:${string}`): T | undefined {
  const { process } = globalThis as { process?: NodeProcess }
  return process?.getBuiltinModule?.(id) as T | undefined
}

/** Cryptographically strong random bytes. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
