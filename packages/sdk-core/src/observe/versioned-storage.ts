/** What `localStorage` offers of what is needed here. */
export interface PageStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A value in `localStorage`, under a key that says in which version it is written. */
export interface VersionedValue<T> {
  /** Without the version. */
  name: string
  version: number
  /** What older versions wrote under their keys, newest first: `name_v<n>`, and `name` for what had no version. */
  migrations: readonly { key: string; migrate(value: unknown): T }[]
  isValid(value: unknown): value is T
}

/** The storage of this page; `undefined` where there is none, or the browser denies it. */
export function pageStorage(): PageStorage | undefined {
  try {
    return globalThis.localStorage ?? undefined
  } catch {
    return undefined
  }
}

/** What is kept; an older version's is brought over, and what does not fit counts as absent. */
export function readVersioned<T>(storage: PageStorage, value: VersionedValue<T>): T | undefined {
  const current = parse(storage.getItem(keyOf(value)))
  if (value.isValid(current)) return current
  for (const { key, migrate } of value.migrations) {
    const older = parse(storage.getItem(key))
    if (older === undefined) continue
    const migrated = migrate(older)
    writeVersioned(storage, value, migrated)
    storage.removeItem(key)
    return migrated
  }
  return undefined
}

/** Gives back whether there was room. */
export function writeVersioned<T>(storage: PageStorage, value: VersionedValue<T>, content: T): boolean {
  try {
    storage.setItem(keyOf(value), JSON.stringify(content))
    return true
  } catch {
    return false
  }
}

function keyOf({ name, version }: { name: string; version: number }): string {
  return `${name}_v${version}`
}

function parse(text: string | null): unknown {
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
