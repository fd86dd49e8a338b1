import { untilAborted } from '../until-aborted'
import { isDecidedByReading, isRevisionConflict, translatePostgresError } from './postgres-errors'
import type { PostgresPool } from './postgres-pool'
import {
  FIELD_COLUMNS,
  HEAD_COLUMNS,
  type JoinedRow,
  LISTED_COLUMNS,
  type ListedRow,
  MESSAGE_COLUMNS,
  VERSION_COLUMNS,
  type VersionRow,
} from './postgres-rows'

const STATE = `SELECT ${HEAD_COLUMNS}, ${FIELD_COLUMNS}, ${MESSAGE_COLUMNS}
  FROM load_conversation($1, $2, NULL, $4) c LEFT JOIN load_records($1, $2, $3) m ON true ORDER BY m.sequence`
const PAGE = `SELECT ${HEAD_COLUMNS}, ${FIELD_COLUMNS}, ${MESSAGE_COLUMNS}
  FROM load_conversation($1, $2, $5) c LEFT JOIN load_messages($1, $2, $3, $4, $5) m ON true ORDER BY m.sequence`
const LIST = `SELECT ${LISTED_COLUMNS} FROM load_conversations($1, $2, $3)`
const VERSIONS = `SELECT ${VERSION_COLUMNS} FROM load_versions($1, $2)`
const APPEND = 'SELECT version, checksum, outcome FROM append_messages($1, $2, $3::JSONB, $4, $5, $6, $7, $8)'
const COMMIT = `SELECT version, checksum, 'COMMITTED' AS outcome FROM commit_conversation($1, $2, $3, $4, $5::JSONB)`

/** What a function that writes gives back. */
export interface Written {
  version: number
  checksum: string
  outcome: 'COMMITTED' | 'PERSISTENCE_IDEMPOTENT_REPLAY'
}

/** What `append_messages` takes beside the messages; idempotency key and input in hex. */
export interface AppendConditions {
  expectedVersion: number | undefined
  key: string | undefined
  input: string | undefined
  sessionEpoch: number | undefined
  encrypted: boolean
}

/** The SQL functions, for one user. Each call is one round trip. All reject with the SDK's errors or the signal's reason. */
export class PostgresCalls {
  readonly #pool: PostgresPool
  readonly #userId: string | null
  #count = 0

  /** @param userId `null`: the user of the role that is connected. */
  constructor(pool: PostgresPool, userId: string | null) {
    this.#pool = pool
    this.#userId = userId
  }

  get count(): number {
    return this.#count
  }

  /** All messages, or those of `ids`, deleted ones too; and the receipts of `keys`. No row where there is nothing. */
  readState(id: string, ids: string[] | null, keys: string[], signal: AbortSignal): Promise<JoinedRow[]> {
    return this.#read(STATE, [id, ids, keys], signal)
  }

  /** The messages of a page. No row where there is no such conversation or version. */
  readPage(
    id: string,
    page: { before?: string; limit?: number; version?: number },
    signal: AbortSignal,
  ): Promise<JoinedRow[]> {
    const { before = null, limit = null, version = null } = page
    return this.#read(PAGE, [id, before, limit, version], signal)
  }

  list(cursor: string | undefined, limit: number | undefined, signal: AbortSignal): Promise<ListedRow[]> {
    return this.#read(LIST, [cursor ?? null, limit ?? null], signal)
  }

  versions(id: string, signal: AbortSignal): Promise<VersionRow[]> {
    return this.#read(VERSIONS, [id], signal)
  }

  /** `undefined` where the outcome can only be decided after reading. */
  append(
    id: string,
    messages: readonly object[],
    { expectedVersion, key, input, encrypted, sessionEpoch }: AppendConditions,
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    const conditions = [expectedVersion ?? null, key ?? null, input ?? null, encrypted, sessionEpoch ?? null]
    return this.#write(APPEND, [id, JSON.stringify(messages), ...conditions], isDecidedByReading, signal)
  }

  /** `undefined` where `base` is not current any more. */
  commit(
    id: string,
    base: { version: number; checksum: string },
    state: object,
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    const values = [id, base.version, base.checksum, JSON.stringify(state)]
    return this.#write(COMMIT, values, isRevisionConflict, signal)
  }

  async #write(
    text: string,
    values: unknown[],
    isUndecided: (error: unknown) => boolean,
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    try {
      const [written] = await this.#send<Written>(text, values, signal)
      return written
    } catch (error) {
      if (isUndecided(error)) return undefined
      throw signal.aborted ? signal.reason : translatePostgresError(error)
    }
  }

  async #read<R>(text: string, values: unknown[], signal: AbortSignal): Promise<R[]> {
    try {
      return await this.#send<R>(text, values, signal)
    } catch (error) {
      throw signal.aborted ? signal.reason : translatePostgresError(error)
    }
  }

  async #send<R>(text: string, values: unknown[], signal: AbortSignal): Promise<R[]> {
    signal.throwIfAborted()
    this.#count += 1
    const { rows } = await untilAborted(signal, this.#pool.query(text, [this.#userId, ...values]))
    return rows as R[]
  }
}
