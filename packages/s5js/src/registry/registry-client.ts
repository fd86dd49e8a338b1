import { InvalidInputError } from '../errors/caller-errors'
import { RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { HttpTransport } from '../http/transport'
import { mostHopeful } from '../portal/in-turn'
import type { PortalList } from '../portal/portal-list'
import type { RegistryEntry } from './entry'
import { isRegistryKey, requireEntryShape } from './entry-shape'
import { RegistryHttp } from './registry-http'

/** The registries of all portals, asked in parallel and seen as one. */
export class RegistryClient {
  readonly #transport: HttpTransport
  readonly #portals: PortalList

  constructor(transport: HttpTransport, portals: PortalList) {
    this.#transport = transport
    this.#portals = portals
  }

  /** The highest revision; undefined only if every portal says that there is none. */
  async get(pk: Uint8Array, call: Call): Promise<RegistryEntry | undefined> {
    if (!isRegistryKey(pk)) throw new InvalidInputError('A registry key is 0xed and 32 bytes')
    const answers = await Promise.allSettled(this.#registries().map((registry) => registry.get(pk, call)))
    const { values, failures } = divide(answers)
    const entries = values.filter((entry) => entry !== undefined)
    if (entries.length === 0 && failures.length > 0) throw mostHopeful(failures)
    return highest(entries)
  }

  /** Resolves when all portals have answered and one of them has acknowledged. */
  async set(entry: RegistryEntry, call: Call): Promise<void> {
    requireEntryShape(entry)
    const answers = await Promise.allSettled(this.#registries().map((registry) => registry.set(entry, call)))
    const { values, failures } = divide(answers)
    const conflicts = failures.filter((failure) => failure instanceof RegistryConflictError)
    const currents = conflicts.map((conflict) => conflict.current)
    if (conflicts.length > 0)
      throw new RegistryConflictError(highest(currents.filter((current) => current !== undefined)))
    if (values.length === 0) throw mostHopeful(failures)
  }

  #registries(): RegistryHttp[] {
    return this.#portals.some().map((portal) => new RegistryHttp(this.#transport, portal))
  }
}

function divide<T>(results: readonly PromiseSettledResult<T>[]): { values: T[]; failures: unknown[] } {
  return {
    values: results.filter((result) => result.status === 'fulfilled').map((result) => result.value),
    failures: results
      .filter((result) => result.status === 'rejected')
      .map((result): unknown => result.reason),
  }
}

function highest(entries: readonly RegistryEntry[]): RegistryEntry | undefined {
  return entries.reduce<RegistryEntry | undefined>(
    (best, entry) => (best === undefined || entry.revision > best.revision ? entry : best),
    undefined,
  )
}
