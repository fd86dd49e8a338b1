import type { Database, Table, TableName } from '../../src/storage/database'

/** A database whose commits wait: each transaction does its work at once and is durable only after `release`. */
export class HeldDatabase implements Database {
  readonly #inner: Database
  /** Resolves when a transaction waits. */
  readonly waiting: Promise<void>
  #wait = () => {}
  #release = () => {}
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve
  })

  constructor(inner: Database) {
    this.#inner = inner
    this.waiting = new Promise((resolve) => {
      this.#wait = resolve
    })
  }

  release(): void {
    this.#release()
  }

  table(name: TableName): Table {
    return this.#inner.table(name)
  }

  async transaction<T>(work: () => T): Promise<T> {
    const result = await this.#inner.transaction(work)
    this.#wait()
    await this.#released
    return result
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
