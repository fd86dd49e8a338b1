import type { RegistryEntry } from '../registry/entry'

const MAX_ENTRIES = 10_000

/** The entries that were replaced last: what a stale answer consists of. */
export class EarlierEntries {
  readonly #entryByPk = new Map<string, RegistryEntry>()

  remember(entry: RegistryEntry): void {
    const [oldest] = this.#entryByPk.keys()
    if (this.#entryByPk.size >= MAX_ENTRIES && oldest !== undefined) this.#entryByPk.delete(oldest)
    this.#entryByPk.set(nameOf(entry.pk), entry)
  }

  recall(pk: Uint8Array): RegistryEntry | undefined {
    return this.#entryByPk.get(nameOf(pk))
  }
}

function nameOf(pk: Uint8Array): string {
  return Buffer.from(pk).toString('latin1')
}
