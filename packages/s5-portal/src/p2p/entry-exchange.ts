import { KeyedLock } from '../blobs/keyed-lock'
import type { Faults } from '../faults/faults'
import type { RegistryEntry } from '../registry/entry'
import { InvalidEntryError, type PutOutcome, type Registry } from '../registry/registry'
import type { Counters } from '../stats/counters'
import type { PeerConnection } from './connection'
import { EarlierEntries } from './earlier-entries'
import { encodeRegistryEntry, encodeRegistryQuery } from './messages'
import type { Peers } from './peers'
import { encodeEntryAbsent } from './portal-messages'

/** A question to several peers that is still open. */
interface Search {
  readonly asked: Set<PeerConnection>
  readonly end: () => void
}

/**
 * The registry of this portal as part of a network: what it accepts it tells its peers, and what it lacks it
 * asks of them.
 */
export class EntryExchange {
  readonly #registry: Registry
  readonly #peers: Peers
  readonly #waitMs: number
  readonly #counters: Counters
  readonly #faults: Faults | undefined
  readonly #earlier: EarlierEntries | undefined
  readonly #searchByPk = new Map<string, Search>()
  readonly #runningByPk = new Map<string, Promise<RegistryEntry | undefined>>()
  readonly #lockByConnection = new WeakMap<PeerConnection, KeyedLock>()

  /** @param waitMs - how long a peer may take to answer before it counts as having nothing */
  constructor(
    registry: Registry,
    peers: Peers,
    { waitMs, counters, faults }: { waitMs: number; counters: Counters; faults: Faults | undefined },
  ) {
    this.#registry = registry
    this.#peers = peers
    this.#waitMs = waitMs
    this.#counters = counters
    this.#faults = faults
    this.#earlier = faults && new EarlierEntries()
  }

  /** @returns the entry of `pk`: this portal's, or if it has none, the one that its peers have. */
  async find(pk: Uint8Array): Promise<RegistryEntry | undefined> {
    return this.#own(pk) ?? (await this.#search(pk))
  }

  /**
   * Puts the entry by the rule of the registry, and tells all peers but the one it came from if it was
   * accepted.
   *
   * @throws InvalidEntryError
   */
  async put(entry: RegistryEntry, from?: PeerConnection): Promise<PutOutcome> {
    const replaced = this.#earlier && this.#registry.get(entry.pk)
    const outcome = await this.#registry.put(entry)
    if (outcome.accepted && outcome.isNew) {
      if (replaced !== undefined) this.#earlier?.remember(replaced)
      this.#counters.add('pushes', this.#peers.publish(encodeRegistryEntry(entry), from))
    }
    return outcome
  }

  /** Takes in an entry from a socket; the one that beats it is sent back. Forged ones are dropped. */
  async receive(entry: RegistryEntry, from: PeerConnection): Promise<void> {
    await this.#inTurn(entry.pk, from, async () => {
      await this.#slowDown()
      const outcome = await this.put(entry, from).catch(undefinedIfInvalid)
      if (outcome === undefined) return this.#counters.add('malformedMessages')
      if (!outcome.accepted && this.#mustHear(outcome.current, entry, from)) {
        from.send(encodeRegistryEntry(outcome.current))
      }
    })
    this.#noteAnswer(entry.pk, from)
  }

  /** Answers a query from a socket, after what the same socket sent for that key before. */
  answer(pk: Uint8Array, asker: PeerConnection): Promise<void> {
    return this.#inTurn(pk, asker, async () => {
      await this.#slowDown()
      // A node asks its own peers itself.
      const entry = this.#peers.isNode(asker) ? this.#own(pk) : await this.find(pk)
      if (entry !== undefined) asker.send(encodeRegistryEntry(entry))
      else if (this.#peers.isPortal(asker)) asker.send(encodeEntryAbsent(pk))
    })
  }

  /** A portal said that it has no entry of `pk`. */
  noteAbsent(pk: Uint8Array, from: PeerConnection): void {
    this.#noteAnswer(pk, from)
  }

  /** A peer that is gone answers no more. */
  noteGone(connection: PeerConnection): void {
    for (const name of [...this.#searchByPk.keys()]) this.#strike(name, connection)
  }

  #own(pk: Uint8Array): RegistryEntry | undefined {
    const newest = this.#registry.get(pk)
    if (newest === undefined || !this.#faults?.touches('staleAnswers')) return newest
    return this.#earlier?.recall(pk) ?? newest
  }

  #search(pk: Uint8Array): Promise<RegistryEntry | undefined> {
    const name = nameOf(pk)
    const running = this.#runningByPk.get(name) ?? this.#ask(name, pk)
    this.#runningByPk.set(name, running)
    return running
  }

  /** Waits for all portals; for other nodes, which say nothing when they have nothing, only if none had it. */
  async #ask(name: string, pk: Uint8Array): Promise<RegistryEntry | undefined> {
    const asked = new Set(this.#peers.nodes())
    if (asked.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#waitMs)
        const end = () => {
          clearTimeout(timer)
          resolve()
        }
        this.#searchByPk.set(name, { asked, end })
        for (const node of asked) node.send(encodeRegistryQuery(pk))
      })
      this.#searchByPk.delete(name)
    }
    this.#runningByPk.delete(name)
    return this.#registry.get(pk)
  }

  #noteAnswer(pk: Uint8Array, from: PeerConnection): void {
    this.#strike(nameOf(pk), from, this.#registry.get(pk) !== undefined)
  }

  #strike(name: string, connection: PeerConnection, isFound = false): void {
    const search = this.#searchByPk.get(name)
    if (search === undefined || !search.asked.delete(connection)) return
    const mustWait = [...search.asked].some((left) => !isFound || this.#peers.isPortal(left))
    if (!mustWait) search.end()
  }

  /**
   * An equal revision with other data is a fork, which both sides keep. A client is told; a portal is not, or
   * two of them would tell each other for ever.
   */
  #mustHear(current: RegistryEntry, entry: RegistryEntry, from: PeerConnection): boolean {
    if (current.revision > entry.revision) return true
    return from.origin.dialedUri === undefined && from.origin.portalUri === undefined
  }

  async #slowDown(): Promise<void> {
    const ms = this.#faults?.registryMs ?? 0
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
  }

  #inTurn(pk: Uint8Array, connection: PeerConnection, task: () => Promise<void>): Promise<void> {
    const lock = this.#lockByConnection.get(connection) ?? new KeyedLock()
    this.#lockByConnection.set(connection, lock)
    return lock.run(nameOf(pk), task)
  }
}

function nameOf(pk: Uint8Array): string {
  return Buffer.from(pk).toString('latin1')
}

function undefinedIfInvalid(error: unknown): undefined {
  if (!(error instanceof InvalidEntryError)) throw error
}
