interface NodeProcess {
  getBuiltinModule?: (name: string) => unknown
}

/**
 * A module of Node's own, reached without an import, so that bundlers for browsers never see it; undefined
 * where there is no Node. The caller names the part that it uses: the sources do not depend on Node's types.
 */
export function nodeModule<T>(name: `node:${string}`): T | undefined {
  const process: NodeProcess | undefined = Reflect.get(globalThis, 'process')
  return process?.getBuiltinModule?.(name) as T | undefined
}
