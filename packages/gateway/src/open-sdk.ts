import { createSdk, InvalidInputError, type Logger, type Sdk } from '@s5-conversations/sdk-core'

/** Whose conversations a gateway keeps in a database that others may use as well. */
const DATABASE_USER = 'gateway'

/** Where a gateway keeps its conversations. */
export interface GatewayStorage {
  /** `s5`, `postgres://…` or `pglite:<folder>`. */
  store: string
  /** Of S5. */
  portals: readonly string[]
  seedPhrase: string
}

/** An SDK and what it stands on, closed together. */
export interface OpenedSdk {
  sdk: Sdk
  close(): Promise<void>
}

/**
 * The SDK on the store that was named; a database is set up if it is not yet. `pg` or PGlite are needed only for
 * those, and are installed by whoever uses them.
 * @throws InvalidInputError where there is no such kind of store
 */
export async function openSdk(storage: GatewayStorage, logger: Logger): Promise<OpenedSdk> {
  const { store, portals, seedPhrase } = storage
  if (store === 's5') {
    const sdk = await createSdk({ portals, seedPhrase, logger })
    return { sdk, close: () => sdk.close() }
  }
  const { createPostgresStore, migratePostgres, openPglite, openPostgres } = await import(
    '@s5-conversations/sdk-core/postgres'
  )
  const [, folder] = /^pglite:(.+)$/s.exec(store) ?? []
  if (folder === undefined && !/^postgres(ql)?:/.test(store)) {
    throw new InvalidInputError('--store', 'must be s5, postgres://… or pglite:<folder>')
  }
  const pool = folder === undefined ? await openPostgres(store) : await openPglite(folder)
  try {
    await migratePostgres(pool)
    const kept = createPostgresStore({ pool, userId: DATABASE_USER, seedPhrase, logger })
    const sdk = await createSdk({ store: kept, logger })
    const close = async () => {
      await sdk.close()
      await pool.end()
    }
    return { sdk, close }
  } catch (error) {
    await pool.end()
    throw error
  }
}
