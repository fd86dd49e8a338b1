/** What a query gives back. */
export interface PostgresRows {
  rows: Record<string, unknown>[]
}

/** One connection of its own, for listening. */
export interface PostgresClient {
  query(text: string): Promise<unknown>
  on(event: 'notification', listener: (notification: { payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: () => void): unknown
  release(destroy?: boolean): void
}

/** What the store needs of a database: a `Pool` of `pg` is one, and so is what {@link openPglite} gives. */
export interface PostgresPool {
  query(text: string, values?: unknown[]): Promise<PostgresRows>
  connect(): Promise<PostgresClient>
  on?(event: 'error', listener: (error: Error) => void): unknown
}
