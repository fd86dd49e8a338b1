import { RegistryConflictError } from '../errors/data-errors'
import type { Call } from '../http/call-options'
import type { PeerConnection } from '../p2p/peer-connection'
import type { PeerMailbox } from '../p2p/peer-mailbox'
import { isSameEntry } from './compare-entries'
import type { RegistryEntry } from './entry'

const FIRST_REPEAT_MS = 20
const MAX_REPEAT_MS = 2_000

/** One peer's registry, over its socket. A peer that holds no entry is silent. */
export class RegistryPeer {
  readonly #connection: PeerConnection
  readonly #mail: PeerMailbox

  constructor(connection: PeerConnection, mail: PeerMailbox) {
    this.#connection = connection
    this.#mail = mail
  }

  /** Never undefined: silence lasts until the call ends. */
  get(pk: Uint8Array, call: Call): Promise<RegistryEntry> {
    this.#connection.send({ type: 'registryQuery', pk })
    return this.#mail.nextEntry(this.#connection, pk, call.signal)
  }

  /**
   * Sends the entry, then asks on the same socket what is stored. Resolves when that is the entry.
   * @throws RegistryConflictError when it is another of the same or a higher revision
   */
  async set(entry: RegistryEntry, call: Call): Promise<void> {
    this.#connection.send({ type: 'registryEntry', entry })
    const stopAsking = this.#keepAsking(entry.pk)
    try {
      const isOutcome = ({ revision }: RegistryEntry) => revision >= entry.revision
      const stored = await this.#mail.nextEntry(this.#connection, entry.pk, call.signal, isOutcome)
      if (!isSameEntry(stored, entry)) throw new RegistryConflictError(stored)
    } finally {
      stopAsking()
    }
  }

  // A node may answer before it has stored, with the old entry or with silence: asked again, ever more rarely.
  #keepAsking(pk: Uint8Array): () => void {
    let delayMs = Math.max(FIRST_REPEAT_MS, 2 * this.#connection.roundTripMs)
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      this.#connection.sendIfOpen({ type: 'registryQuery', pk })
      timer = setTimeout(ask, delayMs)
      delayMs = Math.min(MAX_REPEAT_MS, 2 * delayMs)
    }
    ask()
    return () => clearTimeout(timer)
  }
}
