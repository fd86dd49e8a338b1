import type { Logger } from '../../observe/log'
import type { ConversationListener, ConversationNotice } from '../watcher'
import type { PostgresClient, PostgresPool } from './postgres-pool'

/** How soon a connection that broke is opened anew, in ms. */
const RECONNECT_MS = 1_000

const NAME = `SELECT encode(sha256(convert_to(coalesce($1, conversation_caller()) || E'\\n' || $2, 'UTF8')), 'hex') AS name`
const LOOK = `SELECT version, deleted, message_count, floor(extract(epoch FROM last_modified) * 1000)::FLOAT8 AS updated_at
  FROM load_conversation($1, $2)`

interface Watched {
  readonly id: string
  readonly listeners: Map<object, ConversationListener>
  /** What the database calls the conversation in notifications; known once it was asked. */
  name: string | undefined
  latest: ConversationNotice | undefined
}

/**
 * Tells of new versions by LISTEN, over one connection for all conversations that is held only while any is watched.
 * Each listener hears of each version at most once, and never of one older than the one before.
 */
export class PostgresWatcher {
  readonly #pool: PostgresPool
  readonly #userId: string | null
  readonly #log: Logger
  readonly #watched = new Map<string, Watched>()
  #client: PostgresClient | undefined
  #listening: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(pool: PostgresPool, userId: string | null, log: Logger) {
    this.#pool = pool
    this.#userId = userId
    this.#log = log
  }

  /** Calls back with the version that is current now, if there is one, and then with later ones. */
  watch(id: string, listener: ConversationListener): () => void {
    const watched = this.#watched.get(id) ?? { id, listeners: new Map(), name: undefined, latest: undefined }
    this.#watched.set(id, watched)
    const key = {}
    watched.listeners.set(key, listener)
    if (watched.latest !== undefined) this.#call(listener, watched.latest)
    this.#begin(watched)
    return () => {
      watched.listeners.delete(key)
      if (watched.listeners.size === 0 && this.#watched.get(id) === watched) this.#watched.delete(id)
      if (this.#watched.size === 0) this.close()
    }
  }

  close(): void {
    this.#watched.clear()
    clearTimeout(this.#timer)
    this.#client?.release(true)
    this.#client = undefined
    this.#listening = undefined
  }

  /** Listens before it looks, so that nothing falls in between. */
  async #begin(watched: Watched): Promise<void> {
    try {
      this.#listening ??= this.#listen()
      await this.#listening
      await this.#look(watched)
    } catch (error) {
      this.#log.debug({ error }, 'A watched conversation could not be read')
      this.#beginAgain()
    }
  }

  async #listen(): Promise<void> {
    const client = await this.#pool.connect()
    if (this.#watched.size === 0) return client.release()
    this.#client = client
    const lost = () => {
      if (this.#client === client) this.#beginAgain()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', ({ payload }) => {
      for (const watched of this.#watched.values()) {
        if (watched.name === payload) this.#look(watched).catch(() => this.#beginAgain())
      }
    })
    await client.query('LISTEN conversations')
  }

  #beginAgain(): void {
    this.#client?.release(true)
    this.#client = undefined
    this.#listening = undefined
    clearTimeout(this.#timer)
    if (this.#watched.size === 0) return
    this.#timer = setTimeout(() => {
      for (const watched of this.#watched.values()) this.#begin(watched)
    }, RECONNECT_MS)
  }

  async #look(watched: Watched): Promise<void> {
    const values = [this.#userId, watched.id]
    watched.name ??= String((await this.#pool.query(NAME, values)).rows[0]?.name)
    const [row] = (await this.#pool.query(LOOK, values)).rows as unknown as NoticeRow[]
    if (row === undefined || row.version <= (watched.latest?.version ?? 0)) return
    watched.latest = {
      conversationId: watched.id,
      version: row.version,
      updatedAt: row.updated_at,
      messageCount: row.message_count,
      deleted: row.deleted,
    }
    for (const listener of watched.listeners.values()) this.#call(listener, watched.latest)
  }

  #call(listener: ConversationListener, notice: ConversationNotice): void {
    try {
      listener(notice)
    } catch (error) {
      this.#log.warn({ error }, 'A listener of a conversation failed')
    }
  }
}

interface NoticeRow {
  version: number
  updated_at: number
  message_count: number
  deleted: boolean
}
