import { KeyRing } from './crypto/keys'
import { type Logger, silentLogger } from './observe/log'
import type { ConversationStore } from './storage/conversation-store'
import type { PostgresPool } from './storage/stores/postgres-pool'
import { PostgresStore } from './storage/stores/postgres-store'
import { readSeedPhrase } from './storage/stores/s5-seed-phrase'

/** Which database, whose conversations, and whether they are sealed. */
export interface PostgresStoreOptions {
  /** A `Pool` of `pg`, or what `openPostgres` and `openPglite` give. Never ended by the store. */
  pool: PostgresPool
  /**
   * Whose conversations.
   * @default the user that the connected role is
   */
  userId?: string
  /** The owner's 15 S5 words, which seal messages, titles and metadata. Without them sealed ones are not opened. */
  seedPhrase?: string
  /**
   * Whether new conversations are sealed unless a call says otherwise. `false`: whoever reads the database reads
   * them. Without a `seedPhrase` a call that would seal is refused.
   * @default true
   */
  encrypt?: boolean
  /** @default says nothing */
  logger?: Logger
}

/**
 * Keeps conversations in a PostgreSQL database that `migratePostgres` or the SQL file has set up.
 * @throws InvalidInputError that says which word of the phrase is wrong
 * @example
 * const pool = await openPostgres('postgres://localhost/app')
 * const sdk = await createSdk({ store: createPostgresStore({ pool, userId: 'ada', seedPhrase }) })
 */
export function createPostgresStore(options: PostgresStoreOptions): ConversationStore {
  const { pool, userId = null, seedPhrase, encrypt = true, logger = silentLogger } = options
  outliveBrokenConnections(pool)
  return new PostgresStore({
    pool,
    userId,
    keyRing: seedPhrase === undefined ? undefined : new KeyRing(readSeedPhrase(seedPhrase)),
    scheme: encrypt ? 'xsalsa20-poly1305' : 'plain',
    log: logger,
  })
}

const guarded = new WeakSet<PostgresPool>()

/** Without a listener, a connection of a `Pool` that breaks while it is idle ends the process. */
function outliveBrokenConnections(pool: PostgresPool): void {
  if (guarded.has(pool)) return
  guarded.add(pool)
  pool.on?.('error', () => {})
}
