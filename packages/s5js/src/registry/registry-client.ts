import { InvalidInputError } from '../errors/caller-errors'
import { RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { HttpTransport } from '../http/transport'
import type { PeerNetwork } from '../p2p/peer-network'
import { requireSomebody } from '../p2p/require-somebody'
import { mostHopeful } from '../portal/in-turn'
import type { PortalList } from '../portal/portal-list'
import { type Answers, askAll } from './ask-all'
import { highestEntry } from './compare-entries'
import type { RegistryEntry } from './entry'
import { isRegistryKey, requireEntryShape } from './entry-shape'
import { RegistryHttp } from './registry-http'
import { RegistryPeer } from './registry-peer'

/** The registries of all portals and peers, asked in parallel and seen as one. */
export class RegistryClient {
  readonly #transport: HttpTransport
  readonly #portals: PortalList
  readonly #network: PeerNetwork

  constructor(transport: HttpTransport, portals: PortalList, network: PeerNetwork) {
    this.#transport = transport
    this.#portals = portals
    this.#network = network
  }

  /** The highest revision; undefined only if every portal says that there is none. Silence says nothing. */
  async get(pk: Uint8Array, call: Call): Promise<RegistryEntry | undefined> {
    if (!isRegistryKey(pk)) throw new InvalidInputError('A registry key is 0xed and 32 bytes')
    const answers = await this.#askAll<RegistryEntry | undefined>(call, (registry, part) =>
      registry.get(pk, part),
    )
    const entries = answers.values.filter((entry) => entry !== undefined)
    const isInconclusive = answers.values.length === 0 || answers.portalFailures.length > 0
    if (entries.length === 0 && isInconclusive) throw mostHopeful(failuresOf(answers))
    return highestEntry(entries)
  }

  /** Resolves when all portals have answered, and one of them or a peer has acknowledged. */
  async set(entry: RegistryEntry, call: Call): Promise<void> {
    requireEntryShape(entry)
    const answers = await this.#askAll(call, (registry, part) => registry.set(entry, part))
    const failures = failuresOf(answers)
    const conflicts = failures.filter((failure) => failure instanceof RegistryConflictError)
    const currents = conflicts.map((conflict) => conflict.current)
    if (conflicts.length > 0)
      throw new RegistryConflictError(highestEntry(currents.filter((current) => current !== undefined)))
    if (answers.values.length === 0) throw mostHopeful(failures)
  }

  #askAll<T>(
    call: Call,
    ask: (registry: RegistryHttp | RegistryPeer, call: Call) => Promise<T>,
  ): Promise<Answers<T>> {
    const [portals, peers] = [this.#portals.all(), this.#network.connections()]
    requireSomebody(this.#portals, this.#network)
    const question = {
      portals,
      peers,
      askPortal: (portal: (typeof portals)[0], part: Call) =>
        ask(new RegistryHttp(this.#transport, portal), part),
      askPeer: (peer: (typeof peers)[0], part: Call) => ask(new RegistryPeer(peer, this.#network.mail), part),
    }
    return askAll(question, call)
  }
}

function failuresOf({ portalFailures, peerFailures }: Answers<unknown>): unknown[] {
  return [...portalFailures, ...peerFailures]
}
