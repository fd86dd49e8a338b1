/**
 * Where a device remembers what is not secret, or is sealed: `localStorage` is one. Values may come at once
 * or as a promise.
 */
export interface DeviceStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): void | Promise<void>
  removeItem(key: string): void | Promise<void>
}

/** Forgets everything with the process. */
export function createMemoryStorage(): DeviceStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  }
}
