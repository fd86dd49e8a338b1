import type { Database, Table, TableName } from './database'

/** Keeps everything in this process; closing it loses everything. */
export class MemoryDatabase implements Database {
  readonly #tables = new Map<TableName, MemoryTable>()

  table(name: TableName): Table {
    const table = this.#tables.get(name) ?? new MemoryTable()
    this.#tables.set(name, table)
    return table
  }

  async transaction<T>(work: () => T): Promise<T> {
    return work()
  }

  async close(): Promise<void> {
    this.#tables.clear()
  }
}

class MemoryTable implements Table {
  readonly #valueByKey = new Map<string, Uint8Array>()

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#valueByKey.get(mapKey(key))
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#valueByKey.set(mapKey(key), value)
  }

  remove(key: Uint8Array): void {
    this.#valueByKey.delete(mapKey(key))
  }

  listAfter(after: Uint8Array, limit: number): [Uint8Array, Uint8Array][] {
    const start = mapKey(after)
    const later = [...this.#valueByKey].filter(([key]) => key > start)
    const sorted = later.sort(([left], [right]) => (left < right ? -1 : 1)).slice(0, limit)
    return sorted.map(([key, value]) => [new Uint8Array(Buffer.from(key, 'latin1')), value])
  }

  clear(): void {
    this.#valueByKey.clear()
  }
}

function mapKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
